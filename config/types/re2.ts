import { RE2JS } from "re2js";
import { customType, STRING_LIST } from "./values";

/** Unicode classes that RE2JS accepts and Go rejects: properties other than scripts, and names of two words. */
const UNSUPPORTED_BY_GO = /\\[pP]\{\^?(?:\w*_\w*|Alphabetic|Dash|Emoji|Lowercase|Math|Uppercase)\}/;

function isPatterns(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every(isPattern);
}

/**
 * Checks the syntax of Go, since an invalid pattern stops the Collector. JavaScript's syntax accepts more and less than
 * Go's.
 */
export function isPattern(value: unknown): value is string {
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

/** Regular expressions in the syntax of Go. */
export const patterns = customType(
    "list of RE2 regular expressions",
    "a list of RE2 regular expressions (without lookaround and backreferences), such as [(?i)password]",
    isPatterns,
    STRING_LIST,
);

/** Whether a pattern matches any part of a text. */
export function isMatch(pattern: string, text: string): boolean {
    return RE2JS.compile(pattern).matcher(text).find();
}
