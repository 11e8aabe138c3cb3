import { furtherQueues } from "./destinations";
import { onDisk, queuesOfBackends, replaySeconds, storageMiB } from "./durability";
import { LOG_STORE_KEYS } from "./log-stores";
import { type Rule, atLeast } from "./rule";
import { inEachTier } from "./rule-tiers";
import { STORES, type Store, holds, neededMiB } from "./storage";
import { bytesOf, secondsOf } from "./units";

/** Its buffers of 64 MiB each, of which some are written while another fills. */
const JAEGER_WITH_VOLUME = "384Mi";
/** The write-ahead logs of what it stores. */
const JAEGER_STORAGE = "512Mi";

function claimedClass(store: Store): Rule {
    return {
        key: `${store}.persistence.storageClass`,
        problem: (settings) => {
            const { storageClass, enabled } = settings[store].persistence;
            return storageClass !== undefined && !enabled
                ? `expected true for ${store}.persistence.enabled: no volume is claimed`
                : undefined;
        },
    };
}

/** Prometheus deletes by size as well, but not from its write-ahead log. */
function holdsWhatComes(store: Store): Rule {
    return {
        key: `${store}.storage`,
        problem: (settings) => {
            const { enabled, retention, storage } = settings[store];
            const needed = neededMiB(store, settings);
            return enabled && onDisk(settings) && storage !== undefined && !holds(storage, needed)
                ? `expected at least ${needed}Mi, for ${retention} (${store}.retention) of ${settings.outage.itemsPerSecond} items a second (outage.itemsPerSecond)`
                : undefined;
        },
    };
}

function outlastsAnOutage(store: Store): Rule {
    return {
        key: `${store}.retention`,
        problem: (settings) => {
            const { enabled, retention } = settings[store];
            const replay = replaySeconds(settings);
            return enabled && onDisk(settings) && secondsOf(retention) < replay
                ? `expected at least ${replay}s, twice outage.duration: what comes late would be deleted at once`
                : undefined;
        },
    };
}

/** What means nothing for queues in memory. */
function onlyOnDisk(key: string): Rule {
    return {
        key,
        problem: (settings, given) =>
            given(key) && !onDisk(settings)
                ? "expected to be left out, or disk for durability: queues in memory have no volume"
                : undefined,
    };
}

const queuesFitTheirVolume: Rule = {
    key: "collector.queue.storage",
    problem: (settings) => {
        const { storage } = settings.collector.queue;
        const needed = storageMiB(settings);
        return onDisk(settings) && storage !== undefined && !holds(storage, needed)
            ? `expected at least ${needed}Mi, what full queues and the compaction of one take (collector.queue.size, or outage)`
            : undefined;
    },
};

export const durabilityRules: readonly Rule[] = [
    ...STORES.map(claimedClass),
    ...STORES.map(outlastsAnOutage),
    ...STORES.map(holdsWhatComes),
    onlyOnDisk("collector.queue.fsync"),
    onlyOnDisk("collector.queue.storage"),
    onlyOnDisk("collector.queue.storageClass"),
    atLeast("jaeger.storage", ({ jaeger }) => jaeger.storage, JAEGER_STORAGE),
    {
        key: "durability",
        problem: (settings) =>
            onDisk(settings) && queuesOfBackends(settings).length + furtherQueues(settings) === 0
                ? `expected memory, or true for jaeger.enabled, ${LOG_STORE_KEYS.join(", ")} or prometheus.enabled: nothing waits in a queue`
                : undefined,
    },
    {
        key: "collector.remoteWrite.enabled",
        problem: (settings) =>
            onDisk(settings) && settings.collector.remoteWrite.enabled === true
                ? "expected to be left out, or memory for durability: remote write has no queue on disk and drops what it cannot send, so that metrics go by OTLP instead"
                : undefined,
    },
    ...inEachTier(queuesFitTheirVolume),
    {
        key: "jaeger.resources.limits.memory",
        problem: ({ jaeger: { persistence, resources } }) =>
            persistence.enabled && bytesOf(resources.limits.memory) < bytesOf(JAEGER_WITH_VOLUME)
                ? `expected at least ${JAEGER_WITH_VOLUME} with a volume (jaeger.persistence.enabled): its store buffers what it writes`
                : undefined,
    },
];
