import { isDnsSubdomain } from "./dns";
import { isConvertedDate } from "./hints";
import { customListType, customType, STRING_MAP } from "./values";

/** Labels that an object must have, all of them. */
export type LabelSet = Readonly<Record<string, string>>;

const LABEL_NAME_PATTERN = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/** Rejects an empty set, which would select every object. */
function isLabelSet(value: unknown): value is LabelSet {
    const entries = typeof value === "object" && !Array.isArray(value) ? Object.entries(value ?? {}) : [];
    return entries.length > 0 && entries.every(([key, text]) => isLabelKey(key) && isLabelValue(text));
}

function isAnnotations(value: unknown): value is Readonly<Record<string, string>> {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
            ([key, text]) => isLabelKey(key) && typeof text === "string" && !isConvertedDate(text),
        )
    );
}

export function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return LABEL_NAME_PATTERN.test(name) && (prefix === undefined || isDnsSubdomain(prefix)) && more.length === 0;
}

export function isLabelValue(value: unknown): boolean {
    return typeof value === "string" && (value === "" || LABEL_NAME_PATTERN.test(value));
}

/** Labels that the stack sets, and by which it selects pods. */
const RESERVED_PREFIX = "app.kubernetes.io/";
const OS_LABEL = "kubernetes.io/os";

function isLabelMap(value: unknown): value is LabelSet {
    return isLabelSet(value) || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** Labels, or none. */
export const labelMap = customType(
    "map of labels",
    "a map of labels with string values, such as { team: shop }",
    isLabelMap,
    STRING_MAP,
);

/** Labels that are added to those of the stack. */
export const addedLabels = customType(
    "map of labels",
    `a map of labels with string values, such as { team: shop }, without keys that start with ${RESERVED_PREFIX}, by which the stack selects pods`,
    (value): value is LabelSet =>
        isLabelMap(value) && Object.keys(value).every((key) => !key.startsWith(RESERVED_PREFIX)),
    STRING_MAP,
);

/** Labels of nodes. */
export const nodeLabels = customType(
    "map of labels",
    `a map of labels with string values, such as { pool: observability }; ${OS_LABEL} can only be linux, because all images are for Linux`,
    (value): value is LabelSet => isLabelMap(value) && (value[OS_LABEL] ?? "linux") === "linux",
    STRING_MAP,
);

/** Labels that select pods or Namespaces. */
export const labelSet = customType(
    "map of labels",
    "a map of at least one label with a string value, such as { team: shop }",
    isLabelSet,
    STRING_MAP,
);

/** Label sets of which an object must match at least one. */
export const labelSets = customListType(
    "list of maps of labels",
    "a list of maps of at least one label with a string value, such as [{ team: shop }]",
    isLabelSet,
);

export const annotations = customType(
    "map of annotations",
    "a map of annotations with string values, such as { example.com/team: shop }",
    isAnnotations,
    STRING_MAP,
);
