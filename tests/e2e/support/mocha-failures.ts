/** Where mocha begins to tell of what failed. */
const SUMMARY_START = /^\s*\d+ failing$/;
const STACK_FRAME = /^\s+at /;
/** A message is longer where it shows what a program printed; the lane's own output has all of it. */
const MAX_LINES = 12;
/** Where mocha came to tell of nothing, what its process printed last may. */
const FALLBACK_LINES = 6;

/** What a lane that failed printed of why: few lines, for the end of a long output. */
export function extractFailures(output: readonly string[]): readonly string[] {
    const lines = output.map((line) => line.trimEnd()).filter((line) => line !== "" && !STACK_FRAME.test(line));
    const from = lines.findIndex((line) => SUMMARY_START.test(line));
    return from === -1 ? lines.slice(-FALLBACK_LINES) : lines.slice(from + 1, from + 1 + MAX_LINES);
}
