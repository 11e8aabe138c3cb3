/** What JSON can hold. Kubernetes objects and Pulumi properties both travel as this. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
    readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
    return Array.isArray(value);
}

/** The value at a path of keys; undefined where the path leaves the document. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
    let current = value;
    for (const key of path) {
        if (!isObject(current)) {
            return undefined;
        }
        current = Object.hasOwn(current, key) ? current[key] : undefined;
    }
    return current;
}

export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
    const found = at(value, ...path);
    return isObject(found) ? found : {};
}

/** The objects of the list at that path; anything else in it is left out. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
    const found = at(value, ...path);
    return isList(found) ? found.filter((item) => isObject(item)) : [];
}

/** The text at that path; undefined when there is none or it is empty. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
    const found = at(value, ...path);
    return typeof found === "string" && found !== "" ? found : undefined;
}

export function numberAt(value: Json | undefined, ...path: readonly string[]): number | undefined {
    const found = at(value, ...path);
    return typeof found === "number" ? found : undefined;
}

/** A copy without the value at that path. */
export function without(value: JsonObject, ...path: readonly [string, ...string[]]): JsonObject {
    const [key, next, ...rest] = path;
    if (next === undefined) {
        return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    }
    const child = value[key];
    return isObject(child) ? { ...value, [key]: without(child, next, ...rest) } : value;
}

/** A copy without the keys whose value is null: Kubernetes and Pulumi both mean "not set" by it. */
export function withoutNulls(value: JsonObject): JsonObject {
    const clean = (item: Json): Json => (isObject(item) ? withoutNulls(item) : isList(item) ? item.map(clean) : item);
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, item]) => item !== null)
            .map(([key, item]) => [key, clean(item)]),
    );
}

export function parseJson(text: string): Json {
    return toJson(JSON.parse(text));
}

/** Takes a value whose origin guarantees that it is JSON, such as JSON.parse, under its type. */
export function toJson(value: unknown): Json {
    if (!isJson(value)) {
        throw new TypeError(`not a JSON value: ${typeof value}`);
    }
    return value;
}

function isJson(value: unknown): value is Json {
    return value === null || ["boolean", "number", "string", "object"].includes(typeof value);
}
