import type { InvalidSettings } from "./invalid-settings";
import type { Raw } from "../../../config/types/raw";
import { nestSetting } from "../../support/settings-path";

const withPersistentQueues = ({ durability = {}, ...more }: Raw = {}) => ({
    durability: { mode: "disk", ...(durability as Raw) },
    ...more,
});

/** Settings that violate a rule of durability. */
export const invalidDurability: readonly InvalidSettings[] = [
    ...(["jaeger", "loki", "victoriaLogs", "prometheus"] as const).map((store) => ({
        about: `a storageClass of ${store} without persistence`,
        raw: nestSetting(`${store}.persistence.storageClass`, "fast.ssd"),
        problem: `${store}.persistence.storageClass: expected true for ${store}.persistence.enabled: no volume is claimed`,
    })),
    {
        about: "a queue volume with in-memory queues",
        raw: nestSetting("collector.queue.volumeSize", "2Gi"),
        problem:
            "collector.queue.volumeSize: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "fsync with in-memory queues",
        raw: nestSetting("collector.queue.fsync", true),
        problem:
            "collector.queue.fsync: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "a queue storageClass with in-memory queues",
        raw: nestSetting("collector.queue.storageClass", "fast"),
        problem:
            "collector.queue.storageClass: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "persistent queues above the volume's size",
        raw: withPersistentQueues({ collector: { queue: { size: "1Gi", volumeSize: "4Gi" } } }),
        problem:
            "collector.queue.volumeSize: expected at least 9012Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)",
    },
    {
        about: "an outage whose data does not fit the queue volume",
        raw: withPersistentQueues({ durability: { maxOutage: "2h" }, collector: { queue: { volumeSize: "3Gi" } } }),
        problem:
            "collector.queue.volumeSize: expected at least 12382Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)",
    },
    {
        about: "remote write, which may lose data, with persistent queues",
        raw: withPersistentQueues({ collector: { remoteWrite: { enabled: true } } }),
        problem:
            "collector.remoteWrite.enabled: expected to be left out, or memory for durability.mode: remote write has no queue on disk and drops what it cannot send, so that metrics go by OTLP instead",
    },
    {
        about: "persistent queues without a backend",
        raw: withPersistentQueues({
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        }),
        problem:
            "durability.mode: expected memory, or true for jaeger.enabled, loki.enabled, victoriaLogs.enabled or prometheus.enabled: nothing waits in a queue",
    },
    {
        about: "a Jaeger volume below the retention's traces",
        raw: withPersistentQueues({ jaeger: { volumeSize: "5Gi" } }),
        problem:
            "jaeger.volumeSize: expected at least 11250Mi, for 1d (jaeger.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "a Loki volume below the retention's records",
        raw: withPersistentQueues({ loki: { retention: "2d", volumeSize: "5Gi" } }),
        problem:
            "loki.volumeSize: expected at least 6724Mi, for 2d (loki.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "a VictoriaLogs volume below the retention's records",
        raw: withPersistentQueues({ victoriaLogs: { enabled: true, retention: "2d", volumeSize: "5Gi" } }),
        problem:
            "victoriaLogs.volumeSize: expected at least 8438Mi, for 2d (victoriaLogs.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "a Prometheus volume below the retention's samples",
        raw: withPersistentQueues({ durability: { itemsPerSecond: 2000 }, prometheus: { volumeSize: "1Gi" } }),
        problem:
            "prometheus.volumeSize: expected at least 2637Mi, for 1d (prometheus.retention) of 2000 items a second (durability.itemsPerSecond)",
    },
    {
        about: "a Jaeger volume without room for write-ahead logs",
        raw: {
            jaeger: { volumeSize: "100Mi", persistence: { enabled: true }, resources: { limits: { memory: "512Mi" } } },
        },
        problem: "jaeger.volumeSize: expected at least 512Mi",
    },
    {
        about: "a Jaeger with persistence below the minimum memory",
        raw: { jaeger: { persistence: { enabled: true } } },
        problem:
            "jaeger.resources.limits.memory: expected at least 384Mi with a volume (jaeger.persistence.enabled): its store buffers what it writes",
    },
    ...(["jaeger", "prometheus"] as const).map((store) => ({
        about: `a ${store} retention below a replay`,
        raw: withPersistentQueues({ durability: { maxOutage: "1h" }, [store]: { retention: "1h" } }),
        problem: `${store}.retention: expected at least 7200s, twice durability.maxOutage: what comes late would be deleted at once`,
    })),
    {
        about: "a Loki retention below a replay",
        raw: withPersistentQueues({
            durability: { maxOutage: "24h" },
            jaeger: { retention: "2d" },
            prometheus: { retention: "2d" },
        }),
        problem:
            "loki.retention: expected at least 172800s, twice durability.maxOutage: what comes late would be deleted at once",
    },
    {
        about: "a VictoriaLogs retention below a replay, without Loki",
        raw: withPersistentQueues({
            durability: { maxOutage: "24h" },
            jaeger: { retention: "2d" },
            prometheus: { retention: "2d" },
            loki: { enabled: false },
            victoriaLogs: { enabled: true },
        }),
        problem:
            "victoriaLogs.retention: expected at least 172800s, twice durability.maxOutage: what comes late would be deleted at once",
    },
];
