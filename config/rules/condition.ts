import { stackSettings, type StackSettings } from "../schema/schema";
import { ANY_NAME, listSettingKeys } from "../schema/setting-keys";
import { getPath } from "../types/raw";
import type { LocatedIssue, Rule } from "./rule";

/** What certain settings need to have an effect. */
export interface Condition {
    /** Settings and sections. `*` is any name. */
    readonly keys: readonly string[];
    readonly isMet: (settings: StackSettings, name: string) => boolean;
    /** Why the settings have no effect otherwise, after "because". */
    readonly reason: string;
    /** What to set, after "set"; undefined if the setting can only be removed. */
    readonly fix?: string;
}

export interface ConditionTable {
    readonly conditions: readonly Condition[];
    /** Settings and sections that may be set while nothing uses them. */
    readonly alwaysAccepted: readonly string[];
    /** Sections whose `enabled` is not the only setting that decides. The conditions have them. */
    readonly otherSwitches: readonly string[];
}

/**
 * An unset switch meets the condition. Span metrics, for example, are then on or off by the number of Collectors, and
 * scaling must not require the removal of their settings.
 */
export function requiresEnabled(section: string, ...keys: readonly string[]): Condition {
    return {
        keys,
        isMet: (settings) => getPath(settings, `${section}.enabled`.split(".")) !== false,
        reason: `${section}.enabled is false`,
        fix: `${section}.enabled to true`,
    };
}

const SETTING_KEYS = listSettingKeys(stackSettings);

/** A section with `enabled` has no effect while it is false. */
function resolveSwitchConditions(key: string, otherSwitches: readonly string[]): readonly Condition[] {
    const steps = key.split(".");
    return steps
        .map((_, index) => steps.slice(0, index).join("."))
        .filter((section) => SETTING_KEYS.includes(`${section}.enabled`) && key !== `${section}.enabled`)
        .filter((section) => !otherSwitches.includes(section) && !key.endsWith(".retainOnDelete"))
        .map((section) => requiresEnabled(section, key));
}

function isWithin(key: string, section: string): boolean {
    return key === section || key.startsWith(`${section}.`);
}

/** Why the setting has no effect, and what to set; undefined if it has an effect. */
function findNoEffect(conditions: readonly Condition[], settings: StackSettings, name: string): string | undefined {
    const unmet = conditions.find(({ isMet }) => !isMet(settings, name));
    if (unmet === undefined) {
        return undefined;
    }
    const { fix, reason } = unmet;
    return `has no effect because ${reason}; ${fix === undefined ? "" : `set ${fix}, or `}remove this setting`;
}

function createRule(
    key: string,
    { alwaysAccepted, conditions: table, otherSwitches }: ConditionTable,
): Rule | undefined {
    const conditions = [
        ...resolveSwitchConditions(key, otherSwitches),
        ...table.filter(({ keys }) => keys.some((section) => isWithin(key, section))),
    ];
    if (conditions.length === 0 || alwaysAccepted.some((section) => isWithin(key, section))) {
        return undefined;
    }
    const [record = "", rest] = key.split(`.${ANY_NAME}.`);
    return rest === undefined
        ? { key, check: (settings, isSet) => (isSet(key) ? findNoEffect(conditions, settings, "") : undefined) }
        : {
              key: record,
              check: (settings, isSet) =>
                  Object.keys(getPath(settings, record.split(".")) ?? {}).flatMap((name): LocatedIssue[] => {
                      const ownKey = `${record}.${name}.${rest}`;
                      const message = isSet(ownKey) ? findNoEffect(conditions, settings, name) : undefined;
                      return message === undefined ? [] : [{ key: ownKey, message }];
                  }),
          };
}

/** Creates a rule for each setting that has a condition. */
export function createConditionRules(table: ConditionTable): readonly Rule[] {
    return SETTING_KEYS.flatMap((key) => createRule(key, table) ?? []);
}
