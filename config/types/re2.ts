import { RE2JS } from "re2js";
import { customType } from "./values";

/** Unicode classes that this RE2 knows and Go does not: properties that are no script, and names of two words. */
const UNSUPPORTED_BY_GO = /\\[pP]\{\^?(?:\w*_\w*|Alphabetic|Dash|Emoji|Lowercase|Math|Uppercase)\}/;

function isPatterns(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every(isPattern);
}

/** By the syntax of the Collector, which would not start otherwise: JavaScript's own differs in both directions. */
function isPattern(value: unknown): value is string {
    if (typeof value !== "string" || value === "" || UNSUPPORTED_BY_GO.test(value)) {
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
export const patterns = customType(
    "list of patterns",
    "a list of regular expressions in the syntax of RE2, which neither look around nor back, such as [(?i)password]",
    isPatterns,
);
