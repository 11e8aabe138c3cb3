import { isPattern } from "./re2";
import { customListType, customType, STRING_LIST, STRING_MAP } from "./values";

const LABEL_NAME = /^[a-zA-Z_]\w*$/;
/** Name, operator and value. Alertmanager also accepts values without quotes. */
const MATCHER = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\["\\])*)"|([^\s"'`{}\\,=!~]+))\s*$/;

/** A matcher in the subset of Alertmanager's syntax that every version reads in the same way. */
function isMatcher(value: unknown): value is string {
    const [, , operator = "", quoted, plain = ""] = (typeof value === "string" ? MATCHER.exec(value) : undefined) ?? [];
    const text = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    return operator !== "" && (!operator.endsWith("~") || text === "" || isPattern(text));
}

/** Matchers of an alert's labels. */
export const alertMatchers = customListType(
    "list of matchers",
    'a list of matchers with =, !=, =~ or !~, such as [severity="critical"]',
    isMatcher,
);

/** Names of labels, without duplicates. */
export const labelNames = customType(
    "list of label names",
    "a list of label names, without duplicates, such as [alertname, job]",
    (value): value is string[] =>
        Array.isArray(value) &&
        value.every((name) => typeof name === "string" && LABEL_NAME.test(name)) &&
        new Set(value).size === value.length,
    STRING_LIST,
);

/** Labels of a Prometheus. Names that begin with two underscores are reserved. */
export const externalLabels = customType(
    "map of labels",
    "a map of label names (letters, digits and _) with string values, such as { cluster: production }",
    (value): value is Readonly<Record<string, string>> =>
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
            ([name, text]) => LABEL_NAME.test(name) && !name.startsWith("__") && typeof text === "string",
        ),
    STRING_MAP,
);
