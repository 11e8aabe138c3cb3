/** Settings of a stack file before validation. */
export type Raw = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Raw {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of nested records. */
export function getPath(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce((current: unknown, key) => (isRecord(current) ? current[String(key)] : undefined), value);
}
