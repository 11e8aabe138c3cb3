import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";

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
            return issue.keys.map((key) => unknownKey([...issue.path, key], key, valid));
        }
        if (issue.code === "invalid_type" && issue.expected === "object") {
            const keys = keysAt(schema, issue.path).join(", ");
            return [{ key: keyOf(issue.path), message: `expected settings under it (${keys})`, quotes: [] }];
        }
        return [{ key: keyOf(issue.path), message: issue.message, quotes: [keyOf(issue.path)] }];
    });
}

function unknownKey(path: Path, key: string, valid: readonly string[]): Problem {
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
    let at: z.ZodType | undefined = schema;
    for (const step of path) {
        const inner: z.ZodType | undefined = at && withoutDefault(at);
        at = inner && childOf(inner, String(step));
    }
    const group = at && withoutDefault(at);
    return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Of a record, what each of its entries is. */
function childOf(group: z.ZodType, key: string): z.ZodType | undefined {
    const child: unknown =
        group instanceof z.ZodObject ? group.shape[key] : group instanceof z.ZodRecord ? group.valueType : undefined;
    return child instanceof z.ZodType ? child : undefined;
}

/** The schema inside `default`, `prefault` and `optional`. */
export function withoutDefault(schema: z.ZodType): z.ZodType {
    const wrapped =
        schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
    const inner: unknown = wrapped ? schema.unwrap() : undefined;
    return inner instanceof z.ZodType ? withoutDefault(inner) : schema;
}
