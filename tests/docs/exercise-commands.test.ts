import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { parseExercises } from "../support/exercises";
import { findOutputMismatch } from "../support/output-matcher";

/** A command that only reads files of the checkout. */
const READS_CHECKOUT = /^(grep|sed -n|head|cat|ls) (?!.*\/tmp\/)/;

describe("commands of the exercises that only read the checkout", () => {
    for (const document of ["docs/tutorials/exercises.md", "docs/tutorials/exercises.ja.md"]) {
        const steps = parseExercises(fs.readFileSync(path.join(ROOT, document), "utf8"))
            .flatMap((exercise) => exercise.steps)
            .filter(({ commands }) => commands.split("\n").every((command) => READS_CHECKOUT.test(command)));

        it(`are among the steps of ${document}`, () => {
            assert.ok(steps.length > 0);
        });

        for (const { commands, output: expected, line } of steps) {
            it(`print what ${document}:${line} shows`, () => {
                const output = execFileSync("bash", ["-ec", commands], { cwd: ROOT, encoding: "utf8" });
                assert.equal(expected === undefined ? undefined : findOutputMismatch(expected, output), undefined);
            });
        }
    }
});
