import { MIB, parseBytes, bytesToMiB } from "../types/units";

/** Configuration of the memory limiter, in MiB. */
export interface MemoryLimits {
    /** Hard limit: above it the memory limiter rejects data and forces garbage collection. */
    readonly limitMiB: number;
    /** Reserve for data that arrives between two checks: data is rejected above `limitMiB - spikeLimitMiB`. */
    readonly spikeLimitMiB: number;
}

/**
 * Share of the container's memory at which the memory limiter stops everything. The rest is for requests that arrive
 * between two checks: the Collector reads and decodes them before it can reject them. Measured with 1,000 clients that
 * send requests of 500 spans without a pause: 1Gi of memory peaks at 919 MiB.
 */
const LIMITER_SHARE = 0.7;

/** The resident memory is about 50 MiB larger than the heap, which the memory limiter measures. */
const OVERHEAD_MIB = 64;

/** Minimum memory, of which the memory limiter allows half. */
export const MIN_COLLECTOR_MEMORY = "128Mi";

export function collectorMemoryLimits(memoryLimit: string): MemoryLimits {
    const containerMiB = bytesToMiB(parseBytes(memoryLimit));
    const limitMiB = Math.max(1, Math.min(Math.floor(containerMiB * LIMITER_SHARE), containerMiB - OVERHEAD_MIB));
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/**
 * The Azure Monitor exporter buffers without limit, so its pipelines drop data well before the Collector rejects data.
 */
const AZURE_MEMORY_SHARE = 0.6;

/** Configuration of the memory limiter in the Azure Monitor pipelines, which drop data above it. */
export function azureMemoryLimits(memoryLimit: string): MemoryLimits {
    const limitMiB = Math.floor(collectorMemoryLimits(memoryLimit).limitMiB * AZURE_MEMORY_SHARE);
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/** More concurrent requests than an OpenTelemetry client sends by default. */
const MAX_STREAMS = 100;

/** Maximum concurrent requests of a gRPC connection: the largest ones use half of what the memory limiter allows. */
export function maxConcurrentStreams(memoryLimit: string, maxRequestSize: string): number {
    const halfMiB = collectorMemoryLimits(memoryLimit).limitMiB / 2;
    return Math.min(MAX_STREAMS, Math.floor(halfMiB / bytesToMiB(parseBytes(maxRequestSize))));
}

/** `GOMEMLIMIT` of a container: 80% of its memory limit. Close to it, Go collects garbage more often. */
export function goMemLimit(memoryLimit: string): string {
    return `${Math.floor(bytesToMiB(parseBytes(memoryLimit)) * 0.8)}MiB`;
}

/** JavaScript heap of a container: half of its memory limit. Node.js and data to send need the rest. */
export function nodeHeapMiB(memoryLimit: string): number {
    return Math.floor(bytesToMiB(parseBytes(memoryLimit)) / 2);
}

/**
 * Minimum memory of Jaeger. Measured with 384Mi: the write buffers of its storage take 150 to 220 MiB at any load, and
 * 2,000 spans a second are stored without a kill. With 256Mi garbage collection takes all of the CPU.
 */
export const MIN_JAEGER_MEMORY = "384Mi";

/** Configuration of the memory limiter in Jaeger's own pipeline. Above it, the Collector sends the spans again. */
export function jaegerMemoryLimits(memoryLimit: string): MemoryLimits {
    const containerMiB = bytesToMiB(parseBytes(memoryLimit));
    return { limitMiB: Math.floor(containerMiB * 0.75), spikeLimitMiB: Math.floor(containerMiB * 0.15) };
}

/** 10,000 traces of the OpenTelemetry demo are about 211 MiB. */
const BYTES_PER_TRACE = Math.ceil((211 * MIB) / 10_000);

/** Queues may use half of the memory, and the Azure Monitor pipelines drop data not far above that. */
const WAITING_MEMORY_SHARE = 0.25;

/** The number of traces that fit into a quarter of the memory that the memory limiter allows. */
export function maxSampledTraces(memoryLimit: string): number {
    return Math.floor((collectorMemoryLimits(memoryLimit).limitMiB * MIB * WAITING_MEMORY_SHARE) / BYTES_PER_TRACE);
}

/** An edge with one side and five labels has 1.1 KiB on the heap. */
const BYTES_PER_PENDING_EDGE = 1280;

/** The number of pending edges that fit into a quarter of the memory that the memory limiter allows. */
export function pendingEdgeLimit(memoryLimit: string): number {
    return Math.floor(
        (collectorMemoryLimits(memoryLimit).limitMiB * MIB * WAITING_MEMORY_SHARE) / BYTES_PER_PENDING_EDGE,
    );
}

/** Minimum memory of Loki, which uses 126 MB when idle. */
export const MIN_LOKI_MEMORY = "192Mi";

/** Minimum memory of VictoriaLogs, which uses 33 MiB when idle. */
export const MIN_VICTORIA_LOGS_MEMORY = "128Mi";

/** VictoriaLogs' default for its caches is 60%, which leaves too little memory for queries that sort. */
const CACHE_MEMORY_SHARE = 0.5;

/** Maximum memory for VictoriaLogs' caches. */
export function cacheBytes(memoryLimit: string): number {
    return Math.floor(parseBytes(memoryLimit) * CACHE_MEMORY_SHARE);
}

/** Share of the disk for stored data. The rest is for write-ahead logs, compaction and delayed deletion. */
export const MAX_DISK_FILL = 0.75;

/** Disk usage above which Prometheus and VictoriaLogs delete the oldest data. */
export function maxDiskUsageMiB(volumeSize: string): number {
    return Math.floor(bytesToMiB(parseBytes(volumeSize)) * MAX_DISK_FILL);
}
