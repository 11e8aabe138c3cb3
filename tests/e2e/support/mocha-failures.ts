/** The line before mocha's failure summary. */
const SUMMARY_START = /^\s*\d+ failing$/;
const STACK_FRAME = /^\s+at /;
/** Messages that contain a program's output are longer. The shard's output has all of it. */
const MAX_LINES = 12;
/** Without a summary, the last lines may explain the failure. */
const FALLBACK_LINES = 6;

/** The lines of a failed shard's output that explain the failure, for the end of a long log. */
export function extractFailures(output: readonly string[]): readonly string[] {
    const lines = output.map((line) => line.trimEnd()).filter((line) => line !== "" && !STACK_FRAME.test(line));
    const from = lines.findIndex((line) => SUMMARY_START.test(line));
    return from === -1 ? lines.slice(-FALLBACK_LINES) : lines.slice(from + 1, from + 1 + MAX_LINES);
}
