import { hasTraceTier } from "../model/topology";
import { type CollectorTier, resolveIngestTier, resolveTraceTier } from "../model/tiers";
import type { StackSettings } from "../schema/schema";
import type { Rule } from "./rule";

/** A rule that holds for a tier of Collectors. It names the keys of the ingest tier. */
interface TierRule {
    readonly key: string;
    readonly check: (tier: CollectorTier, settings: StackSettings) => string | undefined;
}

/** The rule for each tier of Collectors. */
export function forEachTier(rule: TierRule): readonly Rule[] {
    return [
        { key: rule.key, check: (settings) => rule.check(resolveIngestTier(settings), settings) },
        inTraceTier(rule),
    ];
}

/** The rule for the Collectors that receive complete traces: the trace tier, or the only tier. */
export function forTraceTier(rule: TierRule): readonly Rule[] {
    return [
        {
            key: rule.key,
            check: (settings) =>
                hasTraceTier(settings) ? undefined : rule.check(resolveIngestTier(settings), settings),
        },
        inTraceTier(rule),
    ];
}

function inTraceTier({ key, check }: TierRule): Rule {
    return {
        key: toTraceTierKeys(key),
        check: (settings) => {
            const found = hasTraceTier(settings) ? check(resolveTraceTier(settings), settings) : undefined;
            return found === undefined ? undefined : toTraceTierKeys(found);
        },
    };
}

/** Replaces keys of the ingest tier by those of the trace tier, in a key or a message. */
function toTraceTierKeys(text: string): string {
    return text.replace(/\bcollector\.(resources\b|queue\.(?:size|volumeSize)\b)/g, "traceTier.$1");
}
