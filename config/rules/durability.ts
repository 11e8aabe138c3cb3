import { countDestinationQueues, resolveDestinations } from "../model/destinations";
import { usesPersistentQueues, maxReplayDelaySeconds, queueVolumeMiB } from "../model/durability";
import { LOG_STORE_KEYS, hasLogStore } from "../model/log-stores";
import { type Rule, minimumSize } from "./rule";
import { forEachTier } from "./per-tier";
import { BACKENDS_WITH_VOLUME, type BackendWithVolume, isAtLeastMiB, requiredVolumeMiB } from "../model/volumes";
import { parseBytes, parseSeconds } from "../types/units";

/** Its buffers of 64 MiB each, of which some are written while another fills. */
const MIN_JAEGER_MEMORY_WITH_VOLUME = "384Mi";
/** The write-ahead logs of what it stores. */
const MIN_JAEGER_VOLUME_SIZE = "512Mi";

function storageClassRequiresVolume(backend: BackendWithVolume): Rule {
    return {
        key: `${backend}.persistence.storageClass`,
        check: (settings) => {
            const { storageClass, enabled } = settings[backend].persistence;
            return storageClass !== undefined && !enabled
                ? `expected true for ${backend}.persistence.enabled: no volume is claimed`
                : undefined;
        },
    };
}

/** Prometheus deletes by size as well, but not from its write-ahead log. */
function volumeFitsRetention(backend: BackendWithVolume): Rule {
    return {
        key: `${backend}.volumeSize`,
        check: (settings) => {
            const { enabled, retention, volumeSize } = settings[backend];
            const needed = requiredVolumeMiB(backend, settings);
            return enabled &&
                usesPersistentQueues(settings) &&
                volumeSize !== undefined &&
                !isAtLeastMiB(volumeSize, needed)
                ? `expected at least ${needed}Mi, for ${retention} (${backend}.retention) of ${settings.durability.itemsPerSecond} items a second (durability.itemsPerSecond)`
                : undefined;
        },
    };
}

function retentionCoversOutage(backend: BackendWithVolume): Rule {
    return {
        key: `${backend}.retention`,
        check: (settings) => {
            const { enabled, retention } = settings[backend];
            const replay = maxReplayDelaySeconds(settings);
            return enabled && usesPersistentQueues(settings) && parseSeconds(retention) < replay
                ? `expected at least ${replay}s, twice durability.maxOutage: what comes late would be deleted at once`
                : undefined;
        },
    };
}

/** What means nothing for queues in memory. */
function requiresPersistentQueues(key: string): Rule {
    return {
        key,
        check: (settings, given) =>
            given(key) && !usesPersistentQueues(settings)
                ? "expected to be left out, or disk for durability.mode: queues in memory have no volume"
                : undefined,
    };
}

const queueVolumeFits = forEachTier({
    key: "collector.queue.volumeSize",
    check: (tier) => {
        const { volumeSize } = tier.queue;
        const needed = queueVolumeMiB(tier);
        return usesPersistentQueues(tier) && volumeSize !== undefined && !isAtLeastMiB(volumeSize, needed)
            ? `expected at least ${needed}Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)`
            : undefined;
    },
});

export const durabilityRules: readonly Rule[] = [
    ...BACKENDS_WITH_VOLUME.map(storageClassRequiresVolume),
    ...BACKENDS_WITH_VOLUME.map(retentionCoversOutage),
    ...BACKENDS_WITH_VOLUME.map(volumeFitsRetention),
    requiresPersistentQueues("collector.queue.fsync"),
    requiresPersistentQueues("collector.queue.volumeSize"),
    requiresPersistentQueues("collector.queue.storageClass"),
    minimumSize("jaeger.volumeSize", ({ jaeger }) => jaeger.volumeSize, MIN_JAEGER_VOLUME_SIZE),
    {
        key: "durability.mode",
        check: (settings) =>
            usesPersistentQueues(settings) &&
            !settings.jaeger.enabled &&
            !settings.prometheus.enabled &&
            !hasLogStore(settings) &&
            countDestinationQueues(resolveDestinations(settings)) === 0
                ? `expected memory, or true for jaeger.enabled, ${LOG_STORE_KEYS.join(", ")} or prometheus.enabled: nothing waits in a queue`
                : undefined,
    },
    {
        key: "collector.remoteWrite.enabled",
        check: (settings) =>
            usesPersistentQueues(settings) && settings.collector.remoteWrite.enabled === true
                ? "expected to be left out, or memory for durability.mode: remote write has no queue on disk and drops what it cannot send, so that metrics go by OTLP instead"
                : undefined,
    },
    ...queueVolumeFits,
    {
        key: "jaeger.resources.limits.memory",
        check: ({ jaeger: { persistence, resources } }) =>
            persistence.enabled && parseBytes(resources.limits.memory) < parseBytes(MIN_JAEGER_MEMORY_WITH_VOLUME)
                ? `expected at least ${MIN_JAEGER_MEMORY_WITH_VOLUME} with a volume (jaeger.persistence.enabled): its store buffers what it writes`
                : undefined,
    },
];
