import { hasTraceTier } from "./layout";
import type { Rule } from "./rule";
import { firstTier, secondTier } from "./tiers";

/** A rule of every Collector, asked of the first tier, and of the second one where there is one. */
export function inEachTier(rule: Rule): readonly Rule[] {
    return [
        { key: rule.key, problem: (settings, given) => rule.problem(firstTier(settings), given) },
        inSecondTier(rule),
    ];
}

/** A rule of the Collectors that see whole traces: those of the second tier, where there is one. */
export function whereTracesAreWhole(rule: Rule): readonly Rule[] {
    return [
        {
            key: rule.key,
            problem: (settings, given) => (hasTraceTier(settings) ? undefined : rule.problem(settings, given)),
        },
        inSecondTier(rule),
    ];
}

/** The same rule with the second tier's settings in place of the first one's. */
function inSecondTier({ key, problem }: Rule): Rule {
    return {
        key: ofSecondTier(key),
        problem: (settings, given) => {
            const found = hasTraceTier(settings) ? problem(secondTier(settings), given) : undefined;
            return typeof found === "string"
                ? ofSecondTier(found)
                : found?.map((located) => ({ ...located, message: ofSecondTier(located.message) }));
        },
    };
}

/** A key, or a message that names some, with those that the second tier has of its own. */
function ofSecondTier(text: string): string {
    return text.replace(/\bcollector\.(resources\b|queue\.(?:size|storage)\b)/g, "traceTier.$1");
}
