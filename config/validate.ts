import { findPresetSources, applyPresets } from "./schema/presets";
import { type Path, type Issue, formatPath, convertZodIssues, dropEmptySections } from "./issues";
import { type Raw, isRecord, getPath } from "./types/raw";
import { type Reads, recordReads } from "./rules/recorded-settings";
import { RULES } from "./rules/rules";
import { type StackSettings, stackSettings } from "./schema/schema";

export type ValidationResult =
    | { readonly settings: StackSettings; readonly issues?: never }
    | { readonly settings?: never; readonly issues: readonly Issue[] };

/** Checks the settings of a stack against the schema and the rules, and reports all issues at once. */
export function validate(input: Raw): ValidationResult {
    const whole = dropEmptySections(input, stackSettings);
    const raw = isRecord(whole) ? whole : input;
    const parsed = stackSettings.safeParse(applyPresets(raw));
    if (parsed.success) {
        const ruleIssues = findRuleIssues(parsed.data, raw, []);
        return ruleIssues.length === 0 ? { settings: markValid(deepFreeze(parsed.data)) } : { issues: ruleIssues };
    }

    // The rules still check the other settings. Defaults replace the invalid settings, and issues of rules that read an
    // invalid setting are dropped: they would be about a default that is not in the stack file.
    const { issues } = parsed.error;
    const failed = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const rest = stackSettings.safeParse(applyPresets(failed.reduce(omitPath, raw)));
    const otherRuleIssues = rest.success ? findRuleIssues(rest.data, raw, failed) : [];
    return { issues: [...convertZodIssues(issues, stackSettings), ...otherRuleIssues] };
}

/** Settings that {@link validate} has returned. */
const VALID_SETTINGS = new WeakSet();

function markValid(settings: StackSettings): StackSettings {
    VALID_SETTINGS.add(settings);
    return settings;
}

/** Whether these are settings that {@link validate} has returned, and not input to it. */
export function isValid(settings: object): settings is StackSettings {
    return VALID_SETTINGS.has(settings);
}

function findRuleIssues(settings: StackSettings, raw: Raw, failed: readonly Path[]): Issue[] {
    return RULES.flatMap((rule) => {
        const reads: Reads = { values: new Set(), sections: new Set() };
        const isSet = (key: string): boolean => {
            reads.values.add(key);
            return getPath(raw, key.split(".")) !== undefined;
        };
        const found = rule.check(recordReads(settings, reads), isSet) ?? [];
        const locatedIssues = typeof found === "string" ? [{ key: rule.key, message: found }] : found;
        const keys = [...reads.values].flatMap((key) => [key, ...(isSet(key) ? [] : findPresetSources(key))]);
        return failed.some((path) => hasRead(reads, keys, path, settings))
            ? []
            : locatedIssues
                  .filter(({ key }) => !failed.some((path) => overlaps(key, formatPath(path))))
                  .map(({ key, message }) => ({
                      key,
                      message,
                      quotedKeys: [key, ...[...reads.values].filter((other) => other !== key && mayQuote(other))],
                  }));
    });
}

/** Whether a rule that read these keys, and listed these sections, would have read the invalid setting. */
function hasRead({ sections }: Reads, keys: readonly string[], failed: Path, settings: StackSettings): boolean {
    // An invalid entry of a record is missing; an invalid setting with a fixed name has its default.
    const isMissing = getPath(settings, failed) === undefined && sections.has(formatPath(failed.slice(0, -1)));
    return isMissing || sections.has(formatPath(failed)) || keys.some((key) => overlaps(key, formatPath(failed)));
}

/** Whether a message may quote the value: destinations and receivers contain secrets. */
function mayQuote(key: string): boolean {
    return !/^(?:azureMonitor|destinations|alertmanager\.receivers|images\.credentials)\b/.test(key);
}

function overlaps(a: string, b: string): boolean {
    return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** A copy without the value at a path. */
function omitPath(value: Raw, [head, ...tail]: Path): Raw {
    const key = String(head);
    const child = value[key];
    if (tail.length > 0 && isRecord(child)) {
        return { ...value, [key]: omitPath(child, tail) };
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
