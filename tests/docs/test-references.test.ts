import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";

/** A path of a test or of a folder of tests, or the name of a test file alone. */
const TEST_FILE = /\btests\/[\w/.-]*\w|\b[\w-]+\.test\.ts\b/g;

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
            const named = fs.readFileSync(path.join(ROOT, file), "utf8").match(TEST_FILE) ?? [];
            assert.deepEqual(
                named.filter((name) => !exists(name)),
                [],
            );
        });
    }
});
