/** Matches any text in a line, and alone on a line any lines, or none. */
const WILDCARD = "...";

/**
 * Compares an output with the one that a document shows, without regard to the width of white space.
 *
 * @returns what is wrong, or undefined where the output is as expected.
 */
export function findOutputMismatch(expected: string, output: string): string | undefined {
    const [wanted, got] = [splitLines(expected), splitLines(output)];
    let [line, next] = [0, 0];
    let anyLines: { readonly after: number; taken: number } | undefined;
    let furthest = 0;
    while (next < got.length) {
        const pattern = wanted[line];
        if (pattern === WILDCARD) {
            anyLines = { after: ++line, taken: next };
        } else if (pattern !== undefined && renderLinePattern(pattern).test(got[next] ?? "")) {
            [line, next] = [line + 1, next + 1];
        } else if (anyLines !== undefined) {
            // What stood for any lines takes one more of them, and the rest is tried again.
            anyLines.taken += 1;
            [line, next] = [anyLines.after, anyLines.taken];
        } else {
            break;
        }
        furthest = Math.max(furthest, line);
    }
    if (next === got.length && wanted.slice(line).every((pattern) => pattern === WILDCARD)) {
        return undefined;
    }
    const missing = wanted[furthest];
    return missing === undefined ? `more than expected, from: ${got[next] ?? ""}` : `no line: ${missing}`;
}

function splitLines(text: string): string[] {
    return text
        .split("\n")
        .map((line) => line.trim().replaceAll(/\s+/g, " "))
        .join("\n")
        .trim()
        .split("\n");
}

function renderLinePattern(line: string): RegExp {
    const parts = line.split(WILDCARD).map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`);
}
