import { usesPersistentQueues, resolveQueues } from "../model/durability";
import { hasTraceTier } from "../model/topology";
import { resolveRoutes } from "../model/routes";
import { type Rule, minimumSize } from "./rule";
import { MIN_COLLECTOR_MEMORY } from "../model/memory";
import { resolveIngestTier, maxTraceBatchMiB, resolveTraceTier } from "../model/tiers";
import { MIB } from "../types/units";

/** What the names of the second tier's Secrets have beside those of the first one's. */
const TRACE_TIER_SECRET_PREFIX = "traces-";

const uniqueSecretNames: Rule = {
    key: "destinations",
    check: (settings) => {
        const behind = new Set(
            resolveTraceTier(settings).destinations.map(({ name }) => `${TRACE_TIER_SECRET_PREFIX}${name}`),
        );
        return hasTraceTier(settings)
            ? resolveIngestTier(settings)
                  .destinations.filter(({ name }) => behind.has(name))
                  .map(({ name }) => ({
                      key: `destinations.${name}`,
                      message: `expected another name, or single-tier for topology: the second tier's Secret of ${name.slice(TRACE_TIER_SECRET_PREFIX.length)} would be called as this one's`,
                  }))
            : undefined;
    },
};

/** The first tier tries again without an end: what can never be taken would hold up all that comes after it. */
const queueFitsTraceBatch: Rule = {
    key: "traceTier.queue.size",
    check: (settings) => {
        const part = maxTraceBatchMiB(settings.collector);
        return hasTraceTier(settings) && resolveQueues(resolveTraceTier(settings)).bytes.traces < part * MIB
            ? `expected at least ${part}Mi, four times collector.batch.maxSize, with the memory for it (traceTier.resources.limits.memory): a pod may be sent as much at once, and what its queue can never hold is tried again without an end`
            : undefined;
    },
};

/** What the settings of a second tier demand of others, beside the rules that hold for each tier. */
export const traceTierRules: readonly Rule[] = [
    {
        key: "traceTier",
        check: (settings, given) =>
            given("traceTier") && !hasTraceTier(settings)
                ? "expected to be left out, or two-tier for topology: there is no second tier"
                : undefined,
    },
    {
        key: "topology",
        check: (settings) =>
            hasTraceTier(settings) && resolveRoutes(settings).traces.every((route) => route === "debug")
                ? "expected single-tier, or true for jaeger.enabled, or a destination of traces: nothing takes traces from a second tier"
                : undefined,
    },
    {
        key: "traceTier.queue.volumeSize",
        check: (settings, given) =>
            given("traceTier.queue.volumeSize") && hasTraceTier(settings) && !usesPersistentQueues(settings)
                ? "expected to be left out, or disk for durability.mode: queues in memory have no volume"
                : undefined,
    },
    minimumSize(
        "traceTier.resources.limits.memory",
        ({ traceTier }) => traceTier.resources.limits.memory,
        MIN_COLLECTOR_MEMORY,
    ),
    queueFitsTraceBatch,
    uniqueSecretNames,
];
