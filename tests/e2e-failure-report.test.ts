import assert from "node:assert/strict";
import { extractFailures } from "./e2e/support/mocha-failures";

describe("extractFailures", () => {
    it("returns mocha's failures without stack traces", () => {
        const output = [
            "  a stack",
            "    ✔ is up (10ms)",
            "    1) is well",
            "",
            "  1 passing (2s)",
            "  1 failing",
            "",
            "  1) a stack",
            "       is well:",
            "",
            "      AssertionError: it is not",
            "      + expected - actual",
            "      at Context.<anonymous> (a.ts:1:2)",
            "",
        ];
        assert.deepEqual(extractFailures(output), [
            "  1) a stack",
            "       is well:",
            "      AssertionError: it is not",
            "      + expected - actual",
        ]);
    });

    it("truncates long program output", () => {
        const output = ["  1 failing", ...Array.from({ length: 100 }, (_, line) => `line ${line}`)];
        assert.deepEqual(extractFailures(output).at(0), "line 0");
        assert.equal(extractFailures(output).length, 12);
    });

    it("returns the last output of a process that did not exit", () => {
        const output = ["", "  a stack", ...Array.from({ length: 8 }, (_, line) => `word ${line}`), ""];
        assert.deepEqual(extractFailures(output), ["word 2", "word 3", "word 4", "word 5", "word 6", "word 7"]);
    });
});
