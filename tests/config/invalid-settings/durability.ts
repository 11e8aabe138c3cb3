import type { InvalidSettings } from "./invalid-settings";
import type { Raw } from "../../../config/types/raw";
import { nestSetting } from "../../support/settings-path";

const withPersistentQueues = ({ durability = {}, ...more }: Raw = {}) => ({
    durability: { mode: "disk", ...(durability as Raw) },
    ...more,
});

/** What settings demand of each other for nothing to be lost. */
export const invalidDurability: readonly InvalidSettings[] = [
    ...(["jaeger", "loki", "victoriaLogs", "prometheus"] as const).map((store) => ({
        about: `a class for a volume of ${store}'s that is not claimed`,
        raw: nestSetting(`${store}.persistence.storageClass`, "fast.ssd"),
        problem: `${store}.persistence.storageClass: expected true for ${store}.persistence.enabled: no volume is claimed`,
    })),
    {
        about: "a volume for queues in memory",
        raw: nestSetting("collector.queue.volumeSize", "2Gi"),
        problem:
            "collector.queue.volumeSize: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "a wait for the disk for queues in memory",
        raw: nestSetting("collector.queue.fsync", true),
        problem:
            "collector.queue.fsync: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "a class for queues in memory",
        raw: nestSetting("collector.queue.storageClass", "fast"),
        problem:
            "collector.queue.storageClass: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "queues that are larger than their volume",
        raw: withPersistentQueues({ collector: { queue: { size: "1Gi", volumeSize: "4Gi" } } }),
        problem:
            "collector.queue.volumeSize: expected at least 9012Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)",
    },
    {
        about: "an outage that does not fit the volume",
        raw: withPersistentQueues({ durability: { maxOutage: "2h" }, collector: { queue: { volumeSize: "3Gi" } } }),
        problem:
            "collector.queue.volumeSize: expected at least 12382Mi, what full queues and the compaction of one take (collector.queue.size, or durability.maxOutage)",
    },
    {
        about: "remote write, which loses what it cannot send, where nothing may be lost",
        raw: withPersistentQueues({ collector: { remoteWrite: { enabled: true } } }),
        problem:
            "collector.remoteWrite.enabled: expected to be left out, or memory for durability.mode: remote write has no queue on disk and drops what it cannot send, so that metrics go by OTLP instead",
    },
    {
        about: "queues on disk that nothing waits in",
        raw: withPersistentQueues({
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        }),
        problem:
            "durability.mode: expected memory, or true for jaeger.enabled, loki.enabled, victoriaLogs.enabled or prometheus.enabled: nothing waits in a queue",
    },
    {
        about: "traces that their volume does not hold",
        raw: withPersistentQueues({ jaeger: { volumeSize: "5Gi" } }),
        problem:
            "jaeger.volumeSize: expected at least 11250Mi, for 1d (jaeger.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "records that their volume does not hold",
        raw: withPersistentQueues({ loki: { retention: "2d", volumeSize: "5Gi" } }),
        problem:
            "loki.volumeSize: expected at least 6724Mi, for 2d (loki.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "records that VictoriaLogs' volume does not hold for their days and the one that is over",
        raw: withPersistentQueues({ victoriaLogs: { enabled: true, retention: "2d", volumeSize: "5Gi" } }),
        problem:
            "victoriaLogs.volumeSize: expected at least 8438Mi, for 2d (victoriaLogs.retention) of 200 items a second (durability.itemsPerSecond)",
    },
    {
        about: "a write-ahead log that its volume does not hold",
        raw: withPersistentQueues({ durability: { itemsPerSecond: 2000 }, prometheus: { volumeSize: "1Gi" } }),
        problem:
            "prometheus.volumeSize: expected at least 2637Mi, for 1d (prometheus.retention) of 2000 items a second (durability.itemsPerSecond)",
    },
    {
        about: "no disk for Jaeger's write-ahead logs",
        raw: {
            jaeger: { volumeSize: "100Mi", persistence: { enabled: true }, resources: { limits: { memory: "512Mi" } } },
        },
        problem: "jaeger.volumeSize: expected at least 512Mi",
    },
    {
        about: "traces on a volume without memory to write them",
        raw: { jaeger: { persistence: { enabled: true } } },
        problem:
            "jaeger.resources.limits.memory: expected at least 384Mi with a volume (jaeger.persistence.enabled): its store buffers what it writes",
    },
    ...(["jaeger", "prometheus"] as const).map((store) => ({
        about: `a retention of ${store}'s that ends before a replay`,
        raw: withPersistentQueues({ durability: { maxOutage: "1h" }, [store]: { retention: "1h" } }),
        problem: `${store}.retention: expected at least 7200s, twice durability.maxOutage: what comes late would be deleted at once`,
    })),
    {
        about: "a retention of Loki's that ends before a replay",
        raw: withPersistentQueues({
            durability: { maxOutage: "24h" },
            jaeger: { retention: "2d" },
            prometheus: { retention: "2d" },
        }),
        problem:
            "loki.retention: expected at least 172800s, twice durability.maxOutage: what comes late would be deleted at once",
    },
    {
        about: "a retention of VictoriaLogs' that ends before a replay, where Loki is off",
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
