import { isHeaderName } from "./otlp";
import { customType, STRING_MAP } from "./values";

/** A key of a Secret. */
function isSecretKey(value: unknown): value is string {
    return typeof value === "string" && /^(?!\.\.)[-._A-Za-z0-9]{1,253}$/.test(value) && value !== ".";
}

/** The keys of a Secret that contain the values of headers, by header. */
export const headerSecretKeys = customType(
    "map of headers",
    "a map of header names (letters, digits and -) to keys of the Secret (letters, digits, -, _ and .), such as { authorization: vendor-token }",
    (value): value is Readonly<Record<string, string>> =>
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(([header, key]) => isHeaderName(header) && isSecretKey(key)),
    STRING_MAP,
);
