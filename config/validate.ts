import { presetSources, withPresets } from "./presets";
import { type Path, type Problem, keyOf, problemsOf, withoutEmptySections } from "./problems";
import { type Raw, isRecord, valueAt } from "./records";
import { type Reads, recordReads } from "./recorded-settings";
import { RULES } from "./rules";
import { type StackSettings, stackSettings } from "./schema";

export type Validated =
    | { readonly settings: StackSettings; readonly problems?: never }
    | { readonly settings?: never; readonly problems: readonly Problem[] };

/** Checks the settings of a stack against the schema and against each other, and reports all problems at once. */
export function validate(given: Raw): Validated {
    const whole = withoutEmptySections(given, stackSettings);
    const raw = isRecord(whole) ? whole : given;
    const parsed = stackSettings.safeParse(withPresets(raw));
    if (parsed.success) {
        const problems = brokenRules(parsed.data, raw, []);
        return problems.length === 0 ? { settings: deepFreeze(parsed.data) } : { problems };
    }

    // The rules still check the rest. What failed gives way to its default, and a problem of a rule that reads it is
    // left out: it would be about a value that nobody wrote.
    const { issues } = parsed.error;
    const failed = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const rest = stackSettings.safeParse(withPresets(failed.reduce(without, raw)));
    const broken = rest.success ? brokenRules(rest.data, raw, failed) : [];
    return { problems: [...problemsOf(issues, stackSettings), ...broken] };
}

function brokenRules(settings: StackSettings, raw: Raw, failed: readonly Path[]): Problem[] {
    return RULES.flatMap((rule) => {
        const reads: Reads = { values: new Set(), sections: new Set() };
        const isGiven = (key: string): boolean => {
            reads.values.add(key);
            return valueAt(raw, key.split(".")) !== undefined;
        };
        const found = rule.problem(recordReads(settings, reads), isGiven) ?? [];
        const located = typeof found === "string" ? [{ key: rule.key, message: found }] : found;
        const keys = [...reads.values].flatMap((key) => [key, ...(isGiven(key) ? [] : presetSources(key))]);
        return failed.some((path) => hasRead(reads, keys, path, settings))
            ? []
            : located
                  .filter(({ key }) => !failed.some((path) => overlaps(key, keyOf(path))))
                  .map(({ key, message }) => ({
                      key,
                      message,
                      quotes: [key, ...[...reads.values].filter((other) => other !== key && isQuoted(other))],
                  }));
    });
}

/** Whether a rule that has read those keys, and listed those sections, would have read the setting that failed. */
function hasRead({ sections }: Reads, keys: readonly string[], failed: Path, settings: StackSettings): boolean {
    // An entry that failed is missing from its section; a setting with a fixed name has its default there.
    const isMissing = valueAt(settings, failed) === undefined && sections.has(keyOf(failed.slice(0, -1)));
    return isMissing || sections.has(keyOf(failed)) || keys.some((key) => overlaps(key, keyOf(failed)));
}

/** Secrets are among the destinations' settings, so that no message has any of their values in it. */
function isQuoted(key: string): boolean {
    return !/^(?:azureMonitor|destinations)\b/.test(key);
}

function overlaps(a: string, b: string): boolean {
    return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
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
