import { withPresets } from "./presets";
import { type Path, type Problem, keyOf, problemsOf } from "./problems";
import { type Raw, isRecord } from "./records";
import { RULES } from "./rules";
import { type StackSettings, stackSettings } from "./schema";

export type Validated =
    | { readonly settings: StackSettings; readonly problems?: never }
    | { readonly settings?: never; readonly problems: readonly Problem[] };

/** Checks the settings of a stack against the schema and against each other, and reports all problems at once. */
export function validate(raw: Raw): Validated {
    const parsed = stackSettings.safeParse(withPresets(raw));
    if (parsed.success) {
        const problems = brokenRules(parsed.data, raw, []);
        return problems.length === 0 ? { settings: deepFreeze(parsed.data) } : { problems };
    }

    // The rules still have something to say about the rest: what failed gives way to its default, and a rule that
    // reads it is left out, as it would speak of a value that nobody wrote.
    const { issues } = parsed.error;
    const failed = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const rest = stackSettings.safeParse(withPresets(failed.reduce(without, raw)));
    const broken = rest.success ? brokenRules(rest.data, raw, failed.map(keyOf)) : [];
    return { problems: [...problemsOf(issues, stackSettings), ...broken] };
}

function brokenRules(settings: StackSettings, raw: unknown, failed: readonly string[]): Problem[] {
    const given = (key: string) => valueAt(raw, key.split(".")) !== undefined;
    return RULES.filter(({ keys }) => !keys.some((key) => failed.some((other) => overlaps(key, other)))).flatMap(
        (rule) => {
            const [first, ...others] = rule.keys;
            const found = rule.problem(settings, given) ?? [];
            const located = typeof found === "string" ? [{ key: first, message: found }] : found;
            return located.map(({ key, message }) => ({ key, message, quotes: [key, ...others.filter(isQuoted)] }));
        },
    );
}

/** Secrets are among the destinations' settings, so that no message has any of their values in it. */
function isQuoted(key: string): boolean {
    return !/^(?:azureMonitor|destinations)\b/.test(key);
}

function overlaps(a: string, b: string): boolean {
    return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** The value at that path of nested records. */
export function valueAt(value: unknown, path: Path): unknown {
    return path.reduce((at: unknown, key) => (isRecord(at) ? at[String(key)] : undefined), value);
}

/** The same without what stands at that path. */
function without(value: Raw, [head, ...tail]: Path): Raw {
    const key = String(head);
    const child = value[key];
    if (tail.length > 0 && isRecord(child)) {
        return { ...value, [key]: without(child, tail) };
    }
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

function deepFreeze<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(deepFreeze);
        Object.freeze(value);
    }
    return value;
}
