import { structure } from "./kinds";

/** What JavaScript reads and RE2, the Collector's syntax, does not: look around and back. */
const NOT_RE2 = /\(\?[=!]|\(\?<[=!]|\\[1-9]|\\k</;
/** What RE2 reads and JavaScript does not: flags before everything else. */
const FLAGS = /^\(\?[imsU]+\)/;

function isPatterns(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every(isPattern);
}

function isPattern(value: unknown): value is string {
    if (typeof value !== "string" || value === "" || NOT_RE2.test(value)) {
        return false;
    }
    try {
        new RegExp(value.replace(FLAGS, ""), "u");
        return true;
    } catch {
        return false;
    }
}

/** Regular expressions as Go reads them. */
export const patterns = structure(
    "list of patterns",
    "a list of regular expressions in the syntax of RE2, which neither look around nor back, such as [(?i)password]",
    isPatterns,
);
