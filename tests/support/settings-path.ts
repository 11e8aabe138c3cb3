/** Settings with one value at that key: `nested("a.b", 1)` is `{ a: { b: 1 } }`. */
export function nestSetting(key: string, value: unknown): Readonly<Record<string, unknown>> {
    const [head = key, ...tail] = key.split(".");
    return { [head]: tail.length === 0 ? value : nestSetting(tail.join("."), value) };
}
