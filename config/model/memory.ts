import { MIB, parseBytes, bytesToMiB } from "../types/units";

/** What follows from the memory limit of a Collector's container, in MiB. */
export interface MemoryLimits {
    /** Above it the memory limiter refuses data and collects garbage. */
    readonly limitMiB: number;
    /** Room under it for what arrives between two checks: refusal starts at `limitMiB - spikeLimitMiB`. */
    readonly spikeLimitMiB: number;
}

/** The resident set runs about 50 MiB above the heap that the memory limiter sees. */
const OVERHEAD_MIB = 64;

/** The least memory that leaves a Collector half of it to work with. */
export const MIN_COLLECTOR_MEMORY = "128Mi";

export function collectorMemoryLimits(memoryLimit: string): MemoryLimits {
    const containerMiB = bytesToMiB(parseBytes(memoryLimit));
    const limitMiB = Math.max(1, Math.min(Math.floor(containerMiB * 0.8), containerMiB - OVERHEAD_MIB));
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/** Azure Monitor's exporter holds without a bound what it cannot send: it is cut off well before others are refused. */
const AZURE_MEMORY_SHARE = 0.6;

/** What follows for the pipelines of Azure Monitor: they drop while the Collector holds more. */
export function azureMemoryLimits(memoryLimit: string): MemoryLimits {
    const limitMiB = Math.floor(collectorMemoryLimits(memoryLimit).limitMiB * AZURE_MEMORY_SHARE);
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/** More requests at once than any client of OpenTelemetry has by itself. */
const MAX_STREAMS = 100;

/** Requests that one gRPC connection may have under way: the largest ones fill half of what the memory limiter allows. */
export function maxConcurrentStreams(memoryLimit: string, maxRequestSize: string): number {
    const halfMiB = collectorMemoryLimits(memoryLimit).limitMiB / 2;
    return Math.min(MAX_STREAMS, Math.floor(halfMiB / bytesToMiB(parseBytes(maxRequestSize))));
}

/** `GOMEMLIMIT` of a container: 80 % of its limit, near which Go collects garbage harder before the kernel kills. */
export function goMemLimit(memoryLimit: string): string {
    return `${Math.floor(bytesToMiB(parseBytes(memoryLimit)) * 0.8)}MiB`;
}

/** MiB of the JavaScript heap of a container: half of its limit, the rest is Node.js itself and what it sends. */
export function nodeHeapMiB(memoryLimit: string): number {
    return Math.floor(bytesToMiB(parseBytes(memoryLimit)) / 2);
}

/** 10,000 traces of the OpenTelemetry demo are about 211 MiB. */
const BYTES_PER_TRACE = Math.ceil((211 * MIB) / 10_000);
/** 52 MB at rest. */
const JAEGER_IDLE_MIB = 64;

/** The least memory that leaves a Jaeger some for traces. */
export const MIN_JAEGER_MEMORY = "128Mi";

/** The number of traces that fit a Jaeger of that memory limit. */
export function maxTracesInMemory(memoryLimit: string): number {
    return Math.max(0, Math.floor((parseBytes(memoryLimit) - JAEGER_IDLE_MIB * MIB) / BYTES_PER_TRACE));
}

/** Queues may take half, and Azure Monitor is cut off not far above that. */
const SAMPLING_MEMORY_SHARE = 0.25;

/** The number of traces that a Collector of that memory limit can hold in a quarter of what its limiter allows. */
export function maxSampledTraces(memoryLimit: string): number {
    return Math.floor((collectorMemoryLimits(memoryLimit).limitMiB * MIB * SAMPLING_MEMORY_SHARE) / BYTES_PER_TRACE);
}

/** The least memory that leaves a Loki, 126 MB at rest, some for chunks and queries. */
export const MIN_LOKI_MEMORY = "192Mi";

/** The least memory that leaves a VictoriaLogs, 33 MiB at rest, some for queries and for what is not on disk yet. */
export const MIN_VICTORIA_LOGS_MEMORY = "128Mi";

/** Half of the container's memory for caches: VictoriaLogs' own three fifths leave too little for a query that sorts. */
const CACHE_MEMORY_SHARE = 0.5;

/** Bytes that VictoriaLogs' caches may take of a container of that memory limit. */
export function cacheBytes(memoryLimit: string): number {
    return Math.floor(parseBytes(memoryLimit) * CACHE_MEMORY_SHARE);
}

/** What a store may fill of its disk: the rest is for write-ahead logs, compaction and what is deleted late. */
export const MAX_DISK_FILL = 0.75;

/** What Prometheus and VictoriaLogs may fill before they delete the oldest, in MiB. */
export function maxDiskUsageMiB(volumeSize: string): number {
    return Math.floor(bytesToMiB(parseBytes(volumeSize)) * MAX_DISK_FILL);
}
