/** Settings as they stand in a stack file, before anything is known of them. */
export type Raw = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Raw {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at that path of nested records. */
export function getPath(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce((current: unknown, key) => (isRecord(current) ? current[String(key)] : undefined), value);
}
