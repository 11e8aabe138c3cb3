import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { parseSections } from "../../tools/docs/markdown";
import { LANGUAGES } from "../e2e/support/example-programs";

const PROGRAMS = {
    nodejs: "main.js",
    python: "main.py",
    java: "Main.java",
    go: "main.go",
    rust: "src/main.rs",
} as const;

describe("pages about sending from a language", () => {
    for (const language of LANGUAGES) {
        it(`show the program of examples/${language}`, () => {
            const page = fs.readFileSync(path.join(ROOT, `docs/how-to/send-from-${language}.md`), "utf8");
            const program = fs.readFileSync(path.join(ROOT, "examples", language, PROGRAMS[language]), "utf8");
            const blocks = parseSections(page).flatMap(({ fences }) => fences.map(({ code }) => code));
            assert.ok(blocks.includes(program.trimEnd()), "docs and program differ");
        });
    }
});
