import { countDestinationQueues } from "./destinations";
import type { LogStore } from "./log-stores";
import type { CollectorTier } from "./tiers";
import type { StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";
import { collectorMemoryLimits } from "./memory";
import { MIB, parseBytes, parseSeconds } from "../types/units";

/** What the Collector's queues hold, and where. */
export interface QueuePlan {
    /** Bytes that wait for the backend of each signal before its clients are refused. */
    readonly bytes: Readonly<Record<Signal, number>>;
    /** The volume of each pod that they stand on; in memory without it. */
    readonly volume?: QueueVolume;
}

export interface QueueVolume {
    /** Bytes that the file of one queue may grow to. */
    readonly fileBytes: number;
    /** A Kubernetes quantity. */
    readonly size: string;
    readonly storageClass?: string;
    /** Whether each request waits for the disk. */
    readonly fsync: boolean;
}

/**
 * Bytes of one item in a queue. Measured, as `otelcol_exporter_queue_size` over the items accepted: spans of ten attributes
 * take 431 bytes, records 387 and points 370 in requests of ten, and 468 and 424 alone. Stack traces and long messages
 * take more.
 */
const QUEUED_ITEM_BYTES: Readonly<Record<Signal, number>> = { traces: 1024, metrics: 512, logs: 1024 };

/**
 * Pages of a file are not all filled. Measured: 1.1 to 1.4 times of what was queued in requests of ten items, 2.3 to 2.7
 * times in requests of one, which still is less than this many times of what an item is reckoned at.
 */
const FILE_FACTOR = 2;
/** Compaction starts when a file is larger than some tens of MiB. */
const MIN_FILE_BYTES = 128 * MIB;
/** What a file system takes for itself, and a file that was set aside because it was corrupt. */
const VOLUME_FACTOR = 1.1;
/** Memory is shared by all queues and, as much again, what is on its way through. */
const MEMORY_DIVISOR = 2;
/** One for each signal, whether its backend is on or off: one that is switched on later takes nothing from the others. */
const MIN_BACKEND_QUEUES = 3;

/**
 * Batches of one queue on disk that are sent at once. Each is in memory until its backend takes it, and a long queue makes
 * all of them: ten would be more than a small Collector can hold. An external destination may lag, as others share the memory.
 */
export const PERSISTENT_QUEUE_CONSUMERS: Readonly<Record<"own" | "destinations", number>> = { own: 4, destinations: 1 };
/** The batch that is gathered meanwhile, and what is read from disk for the next. */
const PREFETCHED_BATCHES = 2;

/**
 * Batches that queues on disk have in memory while no backend takes any. Measured after a restart with 256Mi and nothing
 * that takes any: with three external destinations of all signals a heap of 116 MB and nobody refused, with five 161 MB,
 * where the memory limiter begins.
 */
export function maxBatchesInMemory(tier: CollectorTier): number {
    const { own, destinations } = PERSISTENT_QUEUE_CONSUMERS;
    return (
        countBackendQueues(tier) * (own + PREFETCHED_BATCHES) +
        countDestinationQueues(tier.destinations) * (destinations + PREFETCHED_BATCHES)
    );
}

/** Bytes of each queue of an external destination, whose exporter has the same for all signals. */
export function destinationQueueBytes({ bytes }: QueuePlan): number {
    return Math.max(...Object.values(bytes));
}

export function usesPersistentQueues({ durability }: Pick<StackSettings, "durability">): boolean {
    return durability.mode === "disk";
}

/**
 * Whether Jaeger takes traces by HTTP: a Collector with its queues on disk sends them so. With a volume it always does,
 * so that it need not start anew, and be away, when the Collector goes to disk.
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
        volume: {
            fileBytes: queueFileBytes(bytes),
            fsync,
            size: volumeSize ?? `${queueVolumeMiB(tier)}Mi`,
            ...(storageClass === undefined ? {} : { storageClass }),
        },
    };
}

/** MiB that the files of full queues take, with room to compact one of them. */
export function queueVolumeMiB(tier: CollectorTier): number {
    const files = resolveBackendQueues(tier).length + countDestinationQueues(tier.destinations) + 1;
    return Math.ceil((files * queueFileBytes(resolveQueueBytes(tier)) * VOLUME_FACTOR) / MIB);
}

/** A queue before a workload of the stack. */
export interface BackendQueue {
    readonly signal: Signal;
    readonly backend: "jaeger" | LogStore | "prometheus" | "traceTier";
}

/** The queues before the workloads of the stack. What is only printed or scraped has none. */
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

/** How many queues share a Collector's memory. */
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
        return Math.floor(limitMiB / (MEMORY_DIVISOR * countQueues(tier))) * MIB;
    }
    const queued = parseSeconds(durability.maxOutage) * durability.itemsPerSecond * QUEUED_ITEM_BYTES[signal];
    return Math.max(roundUpToMiB(queued), roundUpToMiB(parseBytes(maxQueueItemSize(tier))));
}

/** What a queue has to hold at least: a client whose request can never be taken would send it again and again. */
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

/** Seconds that a queue of so many bytes takes to fill with that signal. */
export function secondsUntilFull(
    bytes: number,
    signal: Signal,
    { itemsPerSecond }: StackSettings["durability"],
): number {
    return Math.floor(bytes / (QUEUED_ITEM_BYTES[signal] * itemsPerSecond));
}

/**
 * Seconds behind the newest that backends still take an item: an outage, and as long again. What was on its way when a
 * Collector was killed goes to the end of the queue, and comes when all that has gathered meanwhile is sent.
 */
export function maxReplayDelaySeconds({ durability }: Pick<StackSettings, "durability">): number {
    return usesPersistentQueues({ durability })
        ? 2 * parseSeconds(durability.maxOutage)
        : IN_MEMORY_REPLAY_DELAY_SECONDS;
}

/** A queue in memory holds minutes; Loki's own default allows an hour. */
const IN_MEMORY_REPLAY_DELAY_SECONDS = 1800;
