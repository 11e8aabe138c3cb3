import type { InvalidSettings } from "./types";
import type { Raw } from "../../../config/types/raw";
import { nestSetting } from "../../support/settings-path";

const withPersistentQueues = ({ durability = {}, ...more }: Raw = {}) => ({
    durability: { mode: "disk", ...(durability as Raw) },
    ...more,
});

/** A backend with an existing claim, and other settings of its volume. */
const withExistingClaim = (store: string, persistence: Raw = {}, settings: Raw = {}): Raw => ({
    [store]: { persistence: { enabled: true, existingClaim: "restored", ...persistence }, ...settings },
});

/** Settings that violate a rule of durability. */
export const invalidDurability: readonly InvalidSettings[] = [
    ...(["jaeger", "loki", "victoriaLogs", "prometheus"] as const).map((store) => ({
        about: `a storageClass of ${store} without persistence`,
        raw: nestSetting(`${store}.persistence.storageClass`, "fast.ssd"),
        key: `${store}.persistence.storageClass`,
    })),
    {
        about: "an existing claim without persistence",
        raw: nestSetting("loki.persistence.existingClaim", "restored"),
        key: "loki.persistence.existingClaim",
    },
    {
        about: "a StorageClass with an existing claim",
        raw: withExistingClaim("loki", { storageClass: "" }),
        key: "loki.persistence.storageClass",
    },
    {
        about: "retainOnDelete with an existing claim",
        raw: withExistingClaim("loki", { retainOnDelete: true }),
        key: "loki.persistence.retainOnDelete",
    },
    {
        about: "a size with an existing claim of a backend without a size limit",
        raw: withExistingClaim("loki", {}, { volumeSize: "2Gi" }),
        key: "loki.volumeSize",
    },
    {
        about: "an existing claim of a backend with a size limit without a size",
        raw: withExistingClaim("prometheus"),
        key: "prometheus.volumeSize",
    },
    {
        about: "an existing claim of two backends",
        raw: { ...withExistingClaim("loki"), ...withExistingClaim("prometheus", {}, { volumeSize: "2Gi" }) },
        key: "prometheus.persistence.existingClaim",
    },
    {
        about: "an existing claim that the stack creates for another backend",
        raw: {
            prometheus: { persistence: { enabled: true } },
            ...withExistingClaim("loki", { existingClaim: "prometheus-data" }),
        },
        key: "loki.persistence.existingClaim",
    },
    {
        about: "an existing claim that is the queue volume of a Collector pod",
        raw: withPersistentQueues(withExistingClaim("loki", { existingClaim: "queues-otel-collector-0" })),
        key: "loki.persistence.existingClaim",
    },
    {
        about: "an existing claim that is not a name",
        raw: withExistingClaim("loki", { existingClaim: "" }),
        key: "loki.persistence.existingClaim",
    },
    {
        about: "a queue volume with in-memory queues",
        raw: nestSetting("collector.queue.volumeSize", "2Gi"),
        key: "collector.queue.volumeSize",
    },
    {
        about: "fsync with in-memory queues",
        raw: nestSetting("collector.queue.fsync", true),
        key: "collector.queue.fsync",
    },
    {
        about: "a queue storageClass with in-memory queues",
        raw: nestSetting("collector.queue.storageClass", "fast"),
        key: "collector.queue.storageClass",
    },
    {
        about: "persistent queues above the volume's size",
        raw: withPersistentQueues({ collector: { queue: { size: "1Gi", volumeSize: "4Gi" } } }),
        key: "collector.queue.volumeSize",
    },
    {
        about: "an outage whose data does not fit the queue volume",
        raw: withPersistentQueues({ durability: { maxOutage: "2h" }, collector: { queue: { volumeSize: "3Gi" } } }),
        key: "collector.queue.volumeSize",
    },
    {
        about: "remote write, which may lose data, with persistent queues",
        raw: withPersistentQueues({ collector: { remoteWrite: { enabled: true } } }),
        key: "collector.remoteWrite.enabled",
    },
    {
        about: "persistent queues without a backend",
        raw: withPersistentQueues({
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        }),
        key: "durability.mode",
    },
    {
        about: "a Jaeger volume below the retention's traces",
        raw: withPersistentQueues({ jaeger: { volumeSize: "5Gi" } }),
        key: "jaeger.volumeSize",
    },
    {
        about: "a Loki volume below the retention's records",
        raw: withPersistentQueues({ loki: { retention: "2d", volumeSize: "5Gi" } }),
        key: "loki.volumeSize",
    },
    {
        about: "a VictoriaLogs volume below the retention's records",
        raw: withPersistentQueues({ victoriaLogs: { enabled: true, retention: "2d", volumeSize: "5Gi" } }),
        key: "victoriaLogs.volumeSize",
    },
    {
        about: "a Prometheus volume below the retention's samples",
        raw: withPersistentQueues({ durability: { itemsPerSecond: 2000 }, prometheus: { volumeSize: "1Gi" } }),
        key: "prometheus.volumeSize",
    },
    {
        about: "a Jaeger volume without room for write-ahead logs",
        raw: {
            jaeger: { volumeSize: "100Mi", persistence: { enabled: true }, resources: { limits: { memory: "512Mi" } } },
        },
        key: "jaeger.volumeSize",
    },
    {
        about: "a Jaeger with persistence below the minimum memory",
        raw: { jaeger: { persistence: { enabled: true }, resources: { limits: { memory: "256Mi" } } } },
        key: "jaeger.resources.limits.memory",
    },
    ...(["jaeger", "prometheus"] as const).map((store) => ({
        about: `a ${store} retention below a replay`,
        raw: withPersistentQueues({ durability: { maxOutage: "1h" }, [store]: { retention: "1h" } }),
        key: `${store}.retention`,
    })),
    {
        about: "a Loki retention below a replay",
        raw: withPersistentQueues({
            durability: { maxOutage: "24h" },
            jaeger: { retention: "2d" },
            prometheus: { retention: "2d" },
        }),
        key: "loki.retention",
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
        key: "victoriaLogs.retention",
    },
];
