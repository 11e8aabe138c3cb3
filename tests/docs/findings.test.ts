import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";

const FOLDER = path.join(ROOT, "findings");
const FIELDS = ["Guess", "Seen", "Versions", "Source", "Matters"];

const scripts = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".sh") && !["lib.sh", "run.sh"].includes(file));

describe("findings", () => {
    for (const script of scripts) {
        it(`has guess, behaviour, versions, source, consequence and a comparison in ${script}`, () => {
            const text = fs.readFileSync(path.join(FOLDER, script), "utf8");
            const header = text.slice(0, text.indexOf('\n. "$(dirname "$0")/lib.sh"\n'));
            const fields = [...header.matchAll(/^# ([A-Z]\w+): +\S/gm)].map(([, field]) => field);
            assert.deepEqual(fields, FIELDS);
            assert.match(text, /^expect seen <<'END'\n[^]+\nEND\n$/m);
        });

        it(`installs only pinned package versions in ${script}`, () => {
            const text = fs.readFileSync(path.join(FOLDER, script), "utf8").replaceAll("\\\n", " ");
            const packages = [...text.matchAll(/^(?:install_npm|install_pip|install_go|build_go \S+) (.+)$/gm)]
                .flatMap(([, names]) => (names ?? "").split(/\s+/))
                .filter((name) => name !== "");
            assert.notEqual(packages.length, 0);
            for (const name of packages) {
                assert.match(name, /(?:@v?|==)\d+(?:\.\d+)+(?:[ab]\d+|-[\w.-]+)?$/);
            }
        });
    }
});
