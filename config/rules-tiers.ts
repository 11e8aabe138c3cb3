import { destinationsOf } from "./destinations";
import { onDisk, queuesOf } from "./durability";
import { hasTraceTier } from "./layout";
import { routesOf } from "./routes";
import { type Rule, atLeast } from "./rule";
import { COLLECTOR_MINIMUM } from "./sizing";
import { firstTier, largestPartMiB, secondTier } from "./tiers";
import { MIB } from "./units";

/** What the names of the second tier's Secrets have beside those of the first one's. */
const OF_SECOND_TIER = "traces-";

const secretsOfTheirOwn: Rule = {
    key: "destinations",
    problem: (settings) => {
        const behind = new Set(destinationsOf(secondTier(settings)).map(({ name }) => `${OF_SECOND_TIER}${name}`));
        return hasTraceTier(settings)
            ? destinationsOf(firstTier(settings))
                  .filter(({ name }) => behind.has(name))
                  .map(({ name }) => ({
                      key: `destinations.${name}`,
                      message: `expected another name, or one-tier for layout: the second tier's Secret of ${name.slice(OF_SECOND_TIER.length)} would be called as this one's`,
                  }))
            : undefined;
    },
};

/** The first tier tries again without an end: what can never be taken would hold up all that comes after it. */
const queuesHoldAPart: Rule = {
    key: "traceTier.queue.size",
    problem: (settings) => {
        const part = largestPartMiB(settings.collector);
        return hasTraceTier(settings) && queuesOf(secondTier(settings)).bytes.traces < part * MIB
            ? `expected at least ${part}Mi, four times collector.batch.maxSize, with the memory for it (traceTier.resources.limits.memory): a pod may be sent as much at once, and what its queue can never hold is tried again without an end`
            : undefined;
    },
};

/** What the settings of a second tier demand of others, beside the rules that hold for each tier. */
export const tierRules: readonly Rule[] = [
    {
        key: "traceTier",
        problem: (settings, given) =>
            given("traceTier") && !hasTraceTier(settings)
                ? "expected to be left out, or two-tier for layout: there is no second tier"
                : undefined,
    },
    {
        key: "layout",
        problem: (settings) =>
            hasTraceTier(settings) && routesOf(settings).traces.every((route) => route === "debug")
                ? "expected one-tier, or true for jaeger.enabled, or a destination of traces: nothing takes traces from a second tier"
                : undefined,
    },
    {
        key: "traceTier.queue.storage",
        problem: (settings, given) =>
            given("traceTier.queue.storage") && hasTraceTier(settings) && !onDisk(settings)
                ? "expected to be left out, or disk for durability: queues in memory have no volume"
                : undefined,
    },
    atLeast(
        "traceTier.resources.limits.memory",
        ({ traceTier }) => traceTier.resources.limits.memory,
        COLLECTOR_MINIMUM,
    ),
    queuesHoldAPart,
    secretsOfTheirOwn,
];
