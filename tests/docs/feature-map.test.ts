import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";

const DOCUMENT = "docs/explanation/architecture.md";

/** The directories and suffixes of the columns between the feature and its documents. */
const COLUMNS: readonly (readonly [directories: readonly string[], suffix: string])[] = [
    [["config/schema"], ".ts"],
    [["config/rules"], ".ts"],
    [["config/model", "config"], ".ts"],
    [["components", "."], ".ts"],
    [["tests/components", "tests", "."], ".test.ts"],
];

describe("feature map of the architecture page", () => {
    const rows = fs
        .readFileSync(path.join(ROOT, DOCUMENT), "utf8")
        .split("## Feature map")[1]
        ?.split("\n## ")[0]
        ?.split("\n")
        .filter((line) => line.startsWith("| "))
        .slice(2)
        .map((line) => line.split("|").map((cell) => cell.trim()));

    it("lists features with their documents", () => {
        assert.ok(rows !== undefined && rows.length > 20);
        assert.deepEqual(
            rows.filter((cells) => !cells.at(-2)?.startsWith("[")),
            [],
        );
    });

    it("names only files and directories that exist", () => {
        const missing = (rows ?? []).flatMap((cells) =>
            COLUMNS.flatMap(([directories, suffix], column) =>
                [...(cells[column + 2] ?? "").matchAll(/`([^`]+)`/g)]
                    .map(([, name = ""]) => (name.endsWith("/") ? name : `${name}${suffix}`))
                    .filter(
                        (name) => !directories.some((directory) => fs.existsSync(path.join(ROOT, directory, name))),
                    ),
            ),
        );
        assert.deepEqual(missing, []);
    });
});
