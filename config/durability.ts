import { type FurtherSettings, furtherQueues } from "./destinations";
import { type LogStore, type LogStoreSettings, logStoresOf } from "./log-stores";
import type { StackSettings } from "./schema";
import type { Signal } from "./signals";
import { memoryPlan } from "./sizing";
import { MIB, bytesOf, secondsOf } from "./units";

/** What decides the queues; so that a rule can ask before all settings are known to be valid. */
export type QueueSettings = FurtherSettings &
    Pick<StackSettings, "collector" | "durability" | "jaeger" | LogStore | "outage" | "prometheus">;

/** What the Collector's queues hold, and where. */
export interface Queues {
    /** Bytes that wait for the backend of each signal before its clients are refused. */
    readonly bytes: Readonly<Record<Signal, number>>;
    /** The volume of each pod that they stand on; in memory without it. */
    readonly volume?: QueueVolume;
}

export interface QueueVolume {
    /** Bytes that the file of one queue may grow to. */
    readonly fileBytes: number;
    /** A Kubernetes quantity. */
    readonly storage: string;
    readonly storageClass?: string;
    /** Whether each request waits for the disk. */
    readonly fsync: boolean;
}

/**
 * Bytes of one item in a queue. Measured, as `otelcol_exporter_queue_size` over the items accepted: spans of ten attributes
 * take 431 bytes, records 387 and points 370 in requests of ten, and 468 and 424 alone. Stack traces and long messages
 * take more.
 */
const QUEUED_BYTES: Readonly<Record<Signal, number>> = { traces: 1024, metrics: 512, logs: 1024 };

/**
 * Pages of a file are not all filled. Measured: 1.1 to 1.4 times of what was queued in requests of ten items, 2.3 to 2.7
 * times in requests of one, which still is less than this many times of what an item is reckoned at.
 */
const FILE_FACTOR = 2;
/** Compaction starts when a file is larger than some tens of MiB. */
const LEAST_FILE = 128 * MIB;
/** What a file system takes for itself, and a file that was set aside because it was corrupt. */
const VOLUME_FACTOR = 1.1;
/** Memory is shared by all queues and, as much again, what is on its way through. */
const PART_OF_MEMORY = 2;
/** One for each signal, whether its backend is on or off: one that is switched on later takes nothing from the others. */
const LEAST_OWN_QUEUES = 3;

/**
 * Batches of one queue on disk that are sent at once. Each is in memory until its backend takes it, and a long queue makes
 * all of them: ten would be more than a small Collector can hold. A further destination may lag, as others share the memory.
 */
export const CONSUMERS_FROM_DISK: Readonly<Record<"own" | "further", number>> = { own: 4, further: 1 };
/** The batch that is gathered meanwhile, and what is read from disk for the next. */
const GATHERED_FROM_DISK = 2;

/**
 * Batches that queues on disk have in memory while no backend takes any. Measured after a restart with 256Mi and nothing
 * that takes any: with three further destinations of all signals a heap of 116 MB and nobody refused, with five 161 MB,
 * where the memory limiter begins.
 */
export function batchesInMemory(settings: FurtherSettings & LogStoreSettings): number {
    const { own, further } = CONSUMERS_FROM_DISK;
    return ownQueues(settings) * (own + GATHERED_FROM_DISK) + furtherQueues(settings) * (further + GATHERED_FROM_DISK);
}

/** Bytes of each queue of a further destination, whose exporter has the same for all signals. */
export function furtherBytes({ bytes }: Queues): number {
    return Math.max(...Object.values(bytes));
}

export function onDisk({ durability }: Pick<StackSettings, "durability">): boolean {
    return durability === "disk";
}

/**
 * Whether Jaeger takes traces by HTTP: a Collector with its queues on disk sends them so. With a volume it always does,
 * so that it need not start anew, and be away, when the Collector goes to disk.
 */
export function takesTracesByHttp(settings: Pick<StackSettings, "durability" | "jaeger">): boolean {
    return onDisk(settings) || settings.jaeger.persistence.enabled;
}

export function queuesOf(settings: QueueSettings): Queues {
    const bytes = queueBytes(settings);
    if (!onDisk(settings)) {
        return { bytes };
    }
    const { fsync, storage, storageClass } = settings.collector.queue;
    return {
        bytes,
        volume: {
            fileBytes: fileBytes(bytes),
            fsync,
            storage: storage ?? `${storageMiB(settings)}Mi`,
            ...(storageClass === undefined ? {} : { storageClass }),
        },
    };
}

/** MiB that the files of full queues take, with room to compact one of them. */
export function storageMiB(settings: QueueSettings): number {
    const files = queuesOfBackends(settings).length + furtherQueues(settings) + 1;
    return Math.ceil((files * fileBytes(queueBytes(settings)) * VOLUME_FACTOR) / MIB);
}

/** A queue before a backend of the stack. */
export interface BackendQueue {
    readonly signal: Signal;
    readonly backend: "jaeger" | LogStore | "prometheus";
}

/** The queues before the backends of the stack; what is only printed or scraped waits for nobody. */
export function queuesOfBackends(settings: QueueSettings): readonly BackendQueue[] {
    return [
        ...(settings.jaeger.enabled ? [{ signal: "traces", backend: "jaeger" } as const] : []),
        ...(settings.prometheus.enabled ? [{ signal: "metrics", backend: "prometheus" } as const] : []),
        ...logStoresOf(settings).map((backend) => ({ signal: "logs", backend }) as const),
    ];
}

/** How many queues share a Collector's memory. */
export function queuesIn(settings: FurtherSettings & LogStoreSettings): number {
    return ownQueues(settings) + furtherQueues(settings);
}

function ownQueues(settings: LogStoreSettings): number {
    return LEAST_OWN_QUEUES + Math.max(0, logStoresOf(settings).length - 1);
}

function queueBytes(settings: QueueSettings): Queues["bytes"] {
    const bytes = (signal: Signal) => bytesOfQueue(settings, signal);
    return { traces: bytes("traces"), metrics: bytes("metrics"), logs: bytes("logs") };
}

function bytesOfQueue(settings: QueueSettings, signal: Signal): number {
    const { collector, durability, outage } = settings;
    if (collector.queue.size !== undefined) {
        return bytesOf(collector.queue.size);
    }
    if (!onDisk({ durability })) {
        const { limitMiB } = memoryPlan(collector.resources.limits.memory);
        return Math.floor(limitMiB / (PART_OF_MEMORY * queuesIn(settings))) * MIB;
    }
    const queued = secondsOf(outage.duration) * outage.itemsPerSecond * QUEUED_BYTES[signal];
    return Math.max(wholeMiB(queued), wholeMiB(bytesOf(largestInQueue(collector))));
}

/** What a queue has to hold at least: a client whose request can never be taken would send it again and again. */
export function largestInQueue({ batch, receiver }: Pick<StackSettings["collector"], "batch" | "receiver">): string {
    const [batchSize, requestSize] = [batch.maxSize, receiver.maxMessageSize];
    return bytesOf(batchSize) > bytesOf(requestSize) ? batchSize : requestSize;
}

function wholeMiB(bytes: number): number {
    return Math.ceil(bytes / MIB) * MIB;
}

function fileBytes(bytes: Queues["bytes"]): number {
    return Math.max(LEAST_FILE, FILE_FACTOR * Math.max(...Object.values(bytes)));
}

/** Seconds that a queue of so many bytes takes to fill with that signal. */
export function secondsToFill(bytes: number, signal: Signal, { itemsPerSecond }: StackSettings["outage"]): number {
    return Math.floor(bytes / (QUEUED_BYTES[signal] * itemsPerSecond));
}

/**
 * Seconds behind the newest that backends still take an item: an outage, and as long again. What was on its way when a
 * Collector was killed goes to the end of the queue, and comes when all that has gathered meanwhile is sent.
 */
export function replaySeconds({ durability, outage }: Pick<StackSettings, "durability" | "outage">): number {
    return onDisk({ durability }) ? 2 * secondsOf(outage.duration) : MEMORY_REPLAY_SECONDS;
}

/** A queue in memory holds minutes; Loki's own default allows an hour. */
const MEMORY_REPLAY_SECONDS = 1800;
