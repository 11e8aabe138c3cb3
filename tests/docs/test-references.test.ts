import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";

/** A path of a test or of a folder of tests, or the name of a test file alone. */
const TEST_FILE = /\btests\/[\w/.-]*\w|\b[\w-]+\.test\.ts\b/g;

/** The end-to-end files that a command selects. */
const SELECTED_FILES = /make e2e(?:-long)? FILES=(?:"([^"]+)"|([\w-]+))/g;

/** The tests that a text names, as paths or as the names of files. */
function findTestNames(text: string): readonly string[] {
    const selected = [...text.matchAll(SELECTED_FILES)].flatMap(([, quoted, single]) =>
        (quoted ?? single ?? "").split(" "),
    );
    return [...(text.match(TEST_FILE) ?? []), ...selected.map((name) => `${name}.test.ts`)];
}

function listDocuments(): string[] {
    const top = fs.readdirSync(ROOT).filter((name) => name.endsWith(".md"));
    const docs = fs
        .readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"));
    return [...top, ...docs.map((name) => path.join("docs", name))];
}

describe("test references in documents", () => {
    const files = fs
        .readdirSync(path.join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
        .map((name) => path.posix.join("tests", name));
    const exists = (name: string): boolean =>
        name.includes("/")
            ? fs.existsSync(path.join(ROOT, name))
            : files.some((file) => path.posix.basename(file) === name);

    it("are found in more than one document", () => {
        const named = listDocuments().filter((file) => fs.readFileSync(path.join(ROOT, file), "utf8").match(TEST_FILE));
        assert.ok(named.length > 1, named.join(", "));
    });

    for (const file of listDocuments()) {
        it(`name only existing tests: ${file}`, () => {
            assert.deepEqual(
                findTestNames(fs.readFileSync(path.join(ROOT, file), "utf8")).filter((name) => !exists(name)),
                [],
            );
        });
    }
});
