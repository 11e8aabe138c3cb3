import * as z from "zod";

/**
 * What value types of settings are made of. Each has the text that follows "must be" in the message for an invalid
 * value, and by `describe` the name of the type in docs/reference/settings.md. `meta` has what zod cannot derive for
 * schemas/stack-file.json.
 */

/** Parses numbers and booleans that `pulumi config set` has stored as text. */
function parseScalarText(value: unknown): unknown {
    if (typeof value !== "string") {
        return value;
    }
    const text = value.trim();
    // Text with leading zeros is rejected: YAML 1.1 reads 010 as eight, other parsers as ten.
    return text === "true" || text === "false" || /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)
        ? (JSON.parse(text) as unknown)
        : value;
}

/** YAML reads `cpu: 1` as a number, and Kubernetes manifests allow that. */
function stringifyNumber(value: unknown): unknown {
    return typeof value === "number" ? String(value) : value;
}

export function stringType(typeName: string, expected: string, accepts: (value: string) => boolean): z.ZodType<string> {
    const error = `must be ${expected}`;
    return z.preprocess(stringifyNumber, z.string({ error }).refine(accepts, { error })).describe(typeName);
}

/** A password or token. */
export const secretText = stringType("string", "a text on one line, without spaces at its ends", (value) =>
    /^\S(?:.*\S)?$/.test(value),
);

export const booleanType = z
    .preprocess(parseScalarText, z.boolean({ error: "must be true or false" }))
    .describe("boolean");

export function integer(min: number, max: number): z.ZodType<number> {
    const error = `must be an integer from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.int({ error }).min(min, { error }).max(max, { error }))
        .describe(`integer, ${min} to ${max}`);
}

export function positiveNumber(max: number): z.ZodType<number> {
    const error = `must be a number above 0 and at most ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).positive({ error }).max(max, { error }))
        .describe(`number, above 0 and at most ${max}`);
}

export function numberBetween(min: number, max: number): z.ZodType<number> {
    const error = `must be a number from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).min(min, { error }).max(max, { error }))
        .describe(`number, ${min} to ${max}`);
}

export function enumType<const Values extends readonly [string, ...string[]]>(
    values: Values,
): z.ZodType<Values[number]> {
    return z.enum(values, { error: `must be one of ${values.join(", ")}` }).describe(`one of ${values.join(", ")}`);
}

/** A list of some of these values, without duplicates. */
export function listType<const Values extends readonly [string, ...string[]]>(
    values: Values,
): z.ZodType<readonly Values[number][]> {
    return customType(
        `list of ${values.join(", ")}`,
        `a list of any of ${values.join(", ")}, without duplicates`,
        (value): value is Values[number][] =>
            isArrayOf((item): item is Values[number] => values.some((known) => known === item))(value) &&
            new Set(value).size === value.length,
        { type: "array", items: { enum: values }, uniqueItems: true },
    );
}

function isArrayOf<T>(item: (value: unknown) => value is T): (value: unknown) => value is T[] {
    return (value): value is T[] => Array.isArray(value) && value.every(item);
}

/** JSON Schema of a value that is a list or a map. */
type ListOrMap =
    | { readonly type: "array"; readonly items?: object; readonly minItems?: number; readonly uniqueItems?: boolean }
    | { readonly type: "object"; readonly additionalProperties: object };

export const STRING_LIST: ListOrMap = { type: "array", items: { type: "string" } };

/** A map whose values are strings. */
export const STRING_MAP: ListOrMap = { type: "object", additionalProperties: { type: "string" } };

export function customType<T>(
    typeName: string,
    expected: string,
    accepts: (value: unknown) => value is T,
    jsonSchema: ListOrMap,
): z.ZodType<T> {
    return z.custom<T>(accepts, { error: `must be ${expected}` }).meta({ ...jsonSchema, description: typeName });
}

/** A list whose items are all accepted. */
export function customListType<T>(
    typeName: string,
    expected: string,
    acceptsItem: (value: unknown) => value is T,
    minItems = 0,
): z.ZodType<T[]> {
    const isList = isArrayOf(acceptsItem);
    const accepts = (value: unknown): value is T[] => isList(value) && value.length >= minItems;
    return customType(typeName, expected, accepts, { type: "array", minItems });
}
