import type { ChangeKind } from "../shared/provider";
import type { Cause } from "./client";

/**
 * How API servers say that a field is fixed for the life of an object: "field is immutable", "may not change once set",
 * "updates to statefulset spec for fields other than ... are forbidden", "cannot change roleRef",
 * "pod updates may not change fields other than ...", "may not be changed in an update".
 */
const FIXED =
    /immutable|may not (be )?change|can ?not (be )?change|updates? to .* (is|are) forbidden|may not be (changed|updated)/i;

export function isFixedField({ message }: Cause): boolean {
    return FIXED.test(message);
}

/** The changed paths that the causes speak of; a cause that matches none stands for itself. */
export function replacesFor(causes: readonly Cause[], changes: ReadonlyMap<string, ChangeKind>): readonly string[] {
    const replaces = causes.filter(isFixedField).flatMap(({ field }) => {
        const touched = [...changes.keys()].filter((path) => isWithin(path, field) || isWithin(field, path));
        return touched.length === 0 ? [field] : touched;
    });
    return [...new Set(replaces)];
}

/** Kinds whose content the official plugin replaces rather than changes, though the API server would allow it. */
const REPLACED_CONTENT: Readonly<Record<string, readonly string[]>> = {
    "v1/ConfigMap": ["data", "binaryData", "immutable"],
    "v1/Secret": ["data", "stringData", "immutable", "type"],
};

export function contentReplaces(type: string, changes: ReadonlyMap<string, ChangeKind>): readonly string[] {
    const fields = REPLACED_CONTENT[type] ?? [];
    return [...changes.keys()].filter((path) => fields.some((field) => isWithin(path, field)));
}

function isWithin(path: string, field: string): boolean {
    return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
