/** Settings as they stand in a stack file, before anything is known of them. */
export type Raw = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Raw {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at that path of nested records. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce((at: unknown, key) => (isRecord(at) ? at[String(key)] : undefined), value);
}
