import { RE2JS } from "re2js";
import { structure } from "./kinds";

/** Unicode classes that this RE2 knows and Go does not: properties that are no script, and names of two words. */
const NOT_GO = /\\[pP]\{\^?(?:\w*_\w*|Alphabetic|Dash|Emoji|Lowercase|Math|Uppercase)\}/;

function isPatterns(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every(isPattern);
}

/** By the syntax of the Collector, which would not start otherwise: JavaScript's own differs in both directions. */
function isPattern(value: unknown): value is string {
    if (typeof value !== "string" || value === "" || NOT_GO.test(value)) {
        return false;
    }
    try {
        RE2JS.compile(value);
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
