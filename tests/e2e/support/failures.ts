/** Where mocha begins to tell of what failed. */
const TOLD_FROM = /^\s*\d+ failing$/;
const STACK_FRAME = /^\s+at /;
/** A message is longer where it shows what a program printed; the lane's own output has all of it. */
const MOST_LINES = 12;
/** Where mocha came to tell of nothing, what its process printed last may. */
const LAST_LINES = 6;

/** What a lane that failed printed of why: few lines, for the end of a long output. */
export function failuresIn(output: readonly string[]): readonly string[] {
    const lines = output.map((line) => line.trimEnd()).filter((line) => line !== "" && !STACK_FRAME.test(line));
    const from = lines.findIndex((line) => TOLD_FROM.test(line));
    return from === -1 ? lines.slice(-LAST_LINES) : lines.slice(from + 1, from + 1 + MOST_LINES);
}
