import assert from "node:assert/strict";
import { findOutputMismatch } from "../support/output-matcher";

describe("findOutputMismatch", () => {
    for (const [expected, output] of [
        ["", ""],
        ["", "\n"],
        ["one", "one\n"],
        ["  NAME  AGE\n  a  1s", "NAME    AGE\na       1s   \n"],
        ["pod-... Running ...", "pod-x1 Running 3s"],
        ["{...}", '{"a":1}'],
        ["...", ""],
        ["...", "one\ntwo"],
        ["...\ntwo", "two"],
        ["...\ntwo", "one\ntwo"],
        ["one\n...", "one"],
        ["one\n...\nthree", "one\nthree"],
        ["one\n...\nthree", "one\ntwo\nthree"],
        // What matches any lines must not stop at the first one that looks like the next.
        ["a\n...\nb\nc", "a\nb\nx\nb\nc"],
        ["...\nb\n...\nb\n...", "b\nb"],
        ["one\n\ntwo", "one\n\ntwo"],
        ["a.b (c) [d] $e ^f |g *", "a.b (c) [d] $e ^f |g *"],
    ] as const) {
        it(`accepts ${JSON.stringify(output)} for ${JSON.stringify(expected)}`, () => {
            assert.equal(findOutputMismatch(expected, output), undefined);
        });
    }

    for (const [expected, output, problem] of [
        ["one", "", "no line: one"],
        ["", "one", "no line: "],
        ["one", "one\ntwo", "more than expected, from: two"],
        ["one\ntwo", "one", "no line: two"],
        ["a.c", "abc", "no line: a.c"],
        ["one", "One", "no line: one"],
        ["pod-...", "the pod-x", "no line: pod-..."],
        ["a\n...\nb\nc", "a\nb\nx\nc", "no line: c"],
        ["...\n10\n...", "7", "no line: 10"],
        ["one two", "onetwo", "no line: one two"],
    ] as const) {
        it(`rejects ${JSON.stringify(output)} for ${JSON.stringify(expected)}`, () => {
            assert.equal(findOutputMismatch(expected, output), problem);
        });
    }
});
