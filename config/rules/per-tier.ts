import { hasTraceTier } from "../model/topology";
import type { Rule } from "./rule";
import { resolveIngestTier, resolveTraceTier } from "../model/trace-tier";

/** A rule of every Collector, asked of the first tier, and of the second one where there is one. */
export function forEachTier(rule: Rule): readonly Rule[] {
    return [
        { key: rule.key, check: (settings, given) => rule.check(resolveIngestTier(settings), given) },
        inTraceTier(rule),
    ];
}

/** A rule of the Collectors that see whole traces: those of the second tier, where there is one. */
export function forTraceTier(rule: Rule): readonly Rule[] {
    return [
        {
            key: rule.key,
            check: (settings, given) => (hasTraceTier(settings) ? undefined : rule.check(settings, given)),
        },
        inTraceTier(rule),
    ];
}

/** The same rule with the second tier's settings in place of the first one's. */
function inTraceTier({ key, check }: Rule): Rule {
    return {
        key: toTraceTierKeys(key),
        check: (settings, given) => {
            const found = hasTraceTier(settings) ? check(resolveTraceTier(settings), given) : undefined;
            return typeof found === "string"
                ? toTraceTierKeys(found)
                : found?.map((located) => ({ ...located, message: toTraceTierKeys(located.message) }));
        },
    };
}

/** A key, or a message that names some, with those that the second tier has of its own. */
function toTraceTierKeys(text: string): string {
    return text.replace(/\bcollector\.(resources\b|queue\.(?:size|volumeSize)\b)/g, "traceTier.$1");
}
