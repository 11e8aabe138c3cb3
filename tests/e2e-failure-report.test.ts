import assert from "node:assert/strict";
import { extractFailures } from "./e2e/support/mocha-failures";

describe("failuresIn", () => {
    it("are what mocha tells of them, without the stack", () => {
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

    it("are cut where a message shows all that a program printed", () => {
        const output = ["  1 failing", ...Array.from({ length: 100 }, (_, line) => `line ${line}`)];
        assert.deepEqual(extractFailures(output).at(0), "line 0");
        assert.equal(extractFailures(output).length, 12);
    });

    it("are the last words of a process that came to no end", () => {
        const output = ["", "  a stack", ...Array.from({ length: 8 }, (_, line) => `word ${line}`), ""];
        assert.deepEqual(extractFailures(output), ["word 2", "word 3", "word 4", "word 5", "word 6", "word 7"]);
    });
});
