import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { isRecord } from "./records";

/** One thing that is wrong with a stack's settings. */
export interface Problem {
    /** Path of the setting inside the project's settings, such as `collector.queue.size`. */
    readonly key: string;
    readonly message: string;
    /** The settings whose values the message quotes, or would if it went on with what it got. */
    readonly quotes: readonly string[];
}

export type Path = readonly PropertyKey[];

export function keyOf(path: Path): string {
    return path.map(String).join(".");
}

/** What zod found, as problems: one for every unknown key and one for every refused value. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): Problem[] {
    return issues.flatMap((issue) => {
        if (issue.code === "unrecognized_keys") {
            const valid = keysAt(schema, issue.path);
            return issue.keys.map((key) =>
                issue.path.length === 0 && isSettingPath(schema, key)
                    ? { key, message: "unknown key, as `--path` was missing when it was set", quotes: [] }
                    : unknownKey([...issue.path, key], key, valid),
            );
        }
        if (issue.code === "invalid_type" && issue.expected === "object") {
            const keys = keysAt(schema, issue.path).join(", ");
            return [{ key: keyOf(issue.path), message: `expected settings under it (${keys})`, quotes: [] }];
        }
        return [{ key: keyOf(issue.path), message: issue.message, quotes: [keyOf(issue.path)] }];
    });
}

/** Former names of settings, and how the setting is called now. */
const RENAMED: readonly (readonly [former: RegExp, name: string])[] = [
    [/^(destinations\.[^.]+)\.tls\.insecure$/, "$1.allowSecretsOverHttp"],
];

function unknownKey(path: Path, key: string, valid: readonly string[]): Problem {
    const renamed = RENAMED.find(([former]) => former.test(keyOf(path)));
    if (renamed !== undefined) {
        const name = keyOf(path).replace(...renamed);
        return { key: keyOf(path), message: `unknown key, it is called ${name} now`, quotes: [] };
    }
    const nearest = closest(key, valid);
    // Further away than half of its letters it is another word, and the list helps more.
    const near = distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.ceil(key.length / 2);
    const hint = near
        ? `did you mean ${keyOf([...path.slice(0, -1), nearest])}?`
        : `expected one of ${valid.join(", ")}`;
    return { key: keyOf(path), message: `unknown key, ${hint}`, quotes: [] };
}

/** The names of the settings under that path. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
    const at = schemaAt(schema, path);
    const group = at && withoutDefault(at);
    return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Whether a single key with dots in it is the path of a setting. */
function isSettingPath(schema: z.ZodType, key: string): boolean {
    return key.includes(".") && schemaAt(schema, key.split(".")) !== undefined;
}

function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
    return path.reduce((at: z.ZodType | undefined, step) => at && childOf(withoutDefault(at), String(step)), schema);
}

/** Sections of a stack file that have no lines but comments, which YAML reads as null, as if they were left out. */
export function withoutEmptySections(value: unknown, schema: z.ZodType): unknown {
    const group = withoutDefault(schema);
    if (!(group instanceof z.ZodObject || group instanceof z.ZodRecord)) {
        return value;
    }
    if (value === null || value === "") {
        return {};
    }
    return isRecord(value)
        ? Object.fromEntries(
              Object.entries(value).map(([key, child]) => {
                  const inner = childOf(group, key);
                  return [key, inner === undefined ? child : withoutEmptySections(child, inner)];
              }),
          )
        : value;
}

/** Of a record, what each of its entries is. */
function childOf(group: z.ZodType, key: string): z.ZodType | undefined {
    const child: unknown =
        group instanceof z.ZodObject
            ? Object.hasOwn(group.shape, key)
                ? group.shape[key]
                : undefined
            : group instanceof z.ZodRecord
              ? group.valueType
              : undefined;
    return child instanceof z.ZodType ? child : undefined;
}

/** The schema inside `default`, `prefault` and `optional`. */
export function withoutDefault(schema: z.ZodType): z.ZodType {
    const wrapped =
        schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
    const inner: unknown = wrapped ? schema.unwrap() : undefined;
    return inner instanceof z.ZodType ? withoutDefault(inner) : schema;
}
