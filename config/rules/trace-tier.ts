import { queuesHeapBytes, resolveQueues, usesPersistentQueues } from "../model/durability";
import { hasTraceTier } from "../model/topology";
import { resolveRoutes } from "../model/routes";
import { type Rule, minimumSize } from "./rule";
import { MIN_COLLECTOR_MEMORY, collectorMemoryLimits } from "../model/memory";
import { type CollectorTier, resolveIngestTier, maxTraceBatchMiB, resolveTraceTier } from "../model/tiers";
import { MIB, parseBytes } from "../types/units";

/** Prefix of the trace tier's Secret names, which the ingest tier's do not have. */
const TRACE_TIER_SECRET_PREFIX = "traces-";

const uniqueSecretNames: Rule = {
    key: "destinations",
    check: (settings) => {
        const traceTierSecrets = new Set(
            resolveTraceTier(settings).destinations.map(({ name }) => `${TRACE_TIER_SECRET_PREFIX}${name}`),
        );
        return hasTraceTier(settings)
            ? resolveIngestTier(settings)
                  .destinations.filter(({ name }) => traceTierSecrets.has(name))
                  .map(({ name }) => ({
                      key: `destinations.${name}`,
                      message: `must have another name with topology two-tier; the trace tier's Secret of destination ${name.slice(TRACE_TIER_SECRET_PREFIX.length)} has the same name`,
                  }))
            : undefined;
    },
};

/** Queues without a set size grow to the largest item, if the memory of the tier allows. */
function queuesFitTraceBatches(tier: CollectorTier, batchMiB: number): boolean {
    const bytes = resolveQueues(tier).bytes.traces;
    const { memory } = tier.resources.limits;
    // Another rule rejects less than the minimum memory.
    const unlimited =
        usesPersistentQueues(tier) ||
        tier.queue.size !== undefined ||
        parseBytes(memory) < parseBytes(MIN_COLLECTOR_MEMORY);
    return (
        bytes >= batchMiB * MIB &&
        (unlimited || queuesHeapBytes(tier, batchMiB * MIB) <= collectorMemoryLimits(memory).limitMiB * MIB)
    );
}

/** The ingest tier retries without limit: an item that can never be queued blocks all that follow it. */
const queueFitsTraceBatch: Rule = {
    key: "traceTier.queue.size",
    check: (settings) => {
        const part = maxTraceBatchMiB(settings.collector);
        return hasTraceTier(settings) && !queuesFitTraceBatches(resolveTraceTier(settings), part)
            ? `must be at least ${part}Mi (four times collector.batch.maxSize), with enough traceTier.resources.limits.memory; a larger request of the ingest tier could never be queued and would be retried forever`
            : undefined;
    },
};

/** Rules for the trace tier, in addition to the rules for each tier. */
export const traceTierRules: readonly Rule[] = [
    {
        key: "topology",
        check: (settings) =>
            hasTraceTier(settings) && resolveRoutes(settings).traces.every((route) => route === "debug")
                ? "must be single-tier because traces have no destination; set jaeger.enabled to true or add a destination for traces"
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
