import { countDestinationQueues } from "./destinations";
import type { LogStore } from "./log-stores";
import type { CollectorTier } from "./tiers";
import type { StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";
import { collectorMemoryLimits } from "./memory";
import { MIB, parseBytes, parseSeconds } from "../types/units";

/** The sending queues of a Collector. */
export interface QueuePlan {
    /** Capacity of the queues of each signal. When a queue is full, clients are rejected. */
    readonly bytes: Readonly<Record<Signal, number>>;
    /** The volume of each pod for persistent queues; undefined for in-memory queues. */
    readonly volume?: QueueVolume;
    /** How long a batch is retried. Undefined retries without a limit. */
    readonly maxRetryTime?: string;
}

export interface QueueVolume {
    /** Maximum size of the file of one queue. */
    readonly fileBytes: number;
    /** A Kubernetes quantity. */
    readonly size: string;
    readonly storageClass?: string;
    /** Whether each request is flushed to disk before it is acknowledged. */
    readonly fsync: boolean;
}

/**
 * Bytes of one item in a queue. Measured as `otelcol_exporter_queue_size` per accepted item with ten attributes: in
 * requests of ten items a span takes 431 bytes, a log record 387 and a data point 370; alone, the latter two take 468
 * and 424. Stack traces and long messages take more.
 */
const QUEUED_ITEM_BYTES: Readonly<Record<Signal, number>> = { traces: 1024, metrics: 512, logs: 1024 };

/**
 * File size per queued byte: pages of the file are only partly filled. Measured: 1.1 to 1.4 in requests of ten items
 * and 2.3 to 2.7 in requests of one item, which is still less than this factor of the estimated size of an item.
 */
const FILE_FACTOR = 2;
/** Compaction starts only when a file has several tens of MiB. */
const MIN_FILE_BYTES = 128 * MIB;
/** Space for the file system's metadata, and for a corrupt file that was renamed. */
const VOLUME_FACTOR = 1.1;
/** Half of the memory is for the queues, the other half for data in flight. */
const MEMORY_DIVISOR = 2;
/** Heap of a byte in an in-memory queue. Measured: a request of 500 spans has 144 KB, and 1 MB when it is decoded. */
const HEAP_PER_QUEUED_BYTE = 7;
/**
 * One for each signal, even if its backend is disabled, so that enabling a backend does not shrink the other queues.
 */
const MIN_BACKEND_QUEUES = 3;

/**
 * Concurrent batches of one persistent queue. Each is in memory until its backend accepts it, and ten of them do not
 * fit into a small Collector. An external destination may be slower than the stack's own backends, so it gets one.
 */
export const PERSISTENT_QUEUE_CONSUMERS: Readonly<Record<"own" | "destinations", number>> = { own: 4, destinations: 1 };
/** The batch that is being filled, and the data that is read from disk for the next one. */
const PREFETCHED_BATCHES = 2;

/**
 * Maximum number of batches of persistent queues in memory during an outage of all backends. Measured after a restart
 * with 256Mi during an outage: with three external destinations for all signals the heap is 116 MB and no data is
 * rejected, with five it is 161 MB, where the memory limiter starts to reject data.
 */
export function maxBatchesInMemory(tier: CollectorTier): number {
    const { own, destinations } = PERSISTENT_QUEUE_CONSUMERS;
    return (
        countBackendQueues(tier) * (own + PREFETCHED_BATCHES) +
        countDestinationQueues(tier.destinations) * (destinations + PREFETCHED_BATCHES)
    );
}

/** Capacity of each queue of an external destination. Its exporter has one capacity for all signals. */
export function destinationQueueBytes({ bytes }: QueuePlan): number {
    return Math.max(...Object.values(bytes));
}

export function usesPersistentQueues({ durability }: Pick<StackSettings, "durability">): boolean {
    return durability.mode === "disk";
}

/**
 * Whether Jaeger accepts OTLP over HTTP, which a Collector with persistent queues uses. With a volume it always does,
 * so that a change to persistent queues does not restart Jaeger.
 */
export function jaegerAcceptsHttp(settings: Pick<StackSettings, "durability" | "jaeger">): boolean {
    return usesPersistentQueues(settings) || settings.jaeger.persistence.enabled;
}

export function resolveQueues(tier: CollectorTier): QueuePlan {
    const bytes = resolveQueueBytes(tier);
    if (!usesPersistentQueues(tier)) {
        return { bytes };
    }
    const { fsync, volumeSize, storageClass } = tier.queue;
    return {
        bytes,
        // A backend that never accepts a batch would otherwise occupy a consumer for good, also after a restart.
        maxRetryTime: tier.durability.maxOutage,
        volume: {
            fileBytes: queueFileBytes(bytes),
            fsync,
            size: volumeSize ?? `${queueVolumeMiB(tier)}Mi`,
            ...(storageClass === undefined ? {} : { storageClass }),
        },
    };
}

/** Volume size for the files of full queues, plus space to compact one of them. */
export function queueVolumeMiB(tier: CollectorTier): number {
    const files = resolveBackendQueues(tier).length + countDestinationQueues(tier.destinations) + 1;
    return Math.ceil((files * queueFileBytes(resolveQueueBytes(tier)) * VOLUME_FACTOR) / MIB);
}

/** A queue for a workload of the stack. */
export interface BackendQueue {
    readonly signal: Signal;
    readonly backend: "jaeger" | LogStore | "prometheus" | "traceTier";
}

/** The queues for workloads of the stack. The debug exporter and the Prometheus exporter have none. */
export function resolveBackendQueues({
    logStores,
    sendsToPrometheus,
    traceBackend,
}: CollectorTier): readonly BackendQueue[] {
    return [
        ...(traceBackend === undefined ? [] : [{ signal: "traces", backend: traceBackend } as const]),
        ...(sendsToPrometheus ? [{ signal: "metrics", backend: "prometheus" } as const] : []),
        ...logStores.map((backend) => ({ signal: "logs", backend }) as const),
    ];
}

/** Number of queues that share the memory of a Collector. */
export function countQueues(tier: CollectorTier): number {
    return countBackendQueues(tier) + countDestinationQueues(tier.destinations);
}

function countBackendQueues({ logStores }: CollectorTier): number {
    return MIN_BACKEND_QUEUES + Math.max(0, logStores.length - 1);
}

function resolveQueueBytes(tier: CollectorTier): QueuePlan["bytes"] {
    const bytes = (signal: Signal) => signalQueueBytes(tier, signal);
    return { traces: bytes("traces"), metrics: bytes("metrics"), logs: bytes("logs") };
}

function signalQueueBytes(tier: CollectorTier, signal: Signal): number {
    const { durability, queue, resources } = tier;
    if (queue.size !== undefined) {
        return parseBytes(queue.size);
    }
    if (!usesPersistentQueues(tier)) {
        const { limitMiB } = collectorMemoryLimits(resources.limits.memory);
        const shareMiB = Math.floor(limitMiB / (MEMORY_DIVISOR * HEAP_PER_QUEUED_BYTE * countQueues(tier)));
        return Math.max(shareMiB * MIB, roundUpToMiB(parseBytes(maxQueueItemSize(tier))));
    }
    const queued = parseSeconds(durability.maxOutage) * durability.itemsPerSecond * QUEUED_ITEM_BYTES[signal];
    return Math.max(roundUpToMiB(queued), roundUpToMiB(parseBytes(maxQueueItemSize(tier))));
}

/** The memory that full in-memory queues take. */
export function queuesHeapBytes(tier: CollectorTier, queueBytes: number): number {
    return countQueues(tier) * queueBytes * HEAP_PER_QUEUED_BYTE;
}

/** Minimum capacity of a queue: a larger item could never be queued, and the client would retry it forever. */
export function maxQueueItemSize({ batch, receiver }: Pick<StackSettings["collector"], "batch" | "receiver">): string {
    const [batchSize, requestSize] = [batch.maxSize, receiver.maxRequestSize];
    return parseBytes(batchSize) > parseBytes(requestSize) ? batchSize : requestSize;
}

function roundUpToMiB(bytes: number): number {
    return Math.ceil(bytes / MIB) * MIB;
}

function queueFileBytes(bytes: QueuePlan["bytes"]): number {
    return Math.max(MIN_FILE_BYTES, FILE_FACTOR * Math.max(...Object.values(bytes)));
}

/** Seconds until a queue of this capacity is full during an outage. */
export function secondsUntilFull(
    bytes: number,
    signal: Signal,
    { itemsPerSecond }: StackSettings["durability"],
): number {
    return Math.floor(bytes / (QUEUED_ITEM_BYTES[signal] * itemsPerSecond));
}

/**
 * How many seconds late an item may arrive at a backend: twice the maximum outage. Items in flight when a Collector is
 * killed go to the end of the queue, and arrive after everything that was queued during the outage.
 */
export function maxReplayDelaySeconds({ durability }: Pick<StackSettings, "durability">): number {
    return usesPersistentQueues({ durability })
        ? 2 * parseSeconds(durability.maxOutage)
        : IN_MEMORY_REPLAY_DELAY_SECONDS;
}

/**
 * How old a point may be when it arrives, so that Prometheus still takes it after it waited in a queue. Without a newer
 * point of the same series, Prometheus takes an hour in any case.
 */
export function maxPointAgeSeconds(settings: Pick<StackSettings, "durability">): number {
    return Math.max(IN_MEMORY_REPLAY_DELAY_SECONDS, maxReplayDelaySeconds(settings) / 2);
}

/** An in-memory queue holds minutes; Loki accepts an hour by default. */
const IN_MEMORY_REPLAY_DELAY_SECONDS = 1800;
