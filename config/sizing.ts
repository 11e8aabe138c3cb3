import { MIB, bytesOf, toMiB } from "./units";

/** What follows from the memory limit of a Collector's container, in MiB. */
export interface MemoryPlan {
    /** Above it the memory limiter refuses data and collects garbage. */
    readonly limitMiB: number;
    /** Room under it for what arrives between two checks: refusal starts at `limitMiB - spikeLimitMiB`. */
    readonly spikeLimitMiB: number;
}

/** The resident set runs about 50 MiB above the heap that the memory limiter sees. */
const OVERHEAD_MIB = 64;

/** The least memory that leaves a Collector half of it to work with. */
export const COLLECTOR_MINIMUM = "128Mi";

export function memoryPlan(memoryLimit: string): MemoryPlan {
    const containerMiB = toMiB(bytesOf(memoryLimit));
    const limitMiB = Math.max(1, Math.min(Math.floor(containerMiB * 0.8), containerMiB - OVERHEAD_MIB));
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/** Azure Monitor's exporter holds without a bound what it cannot send: it is cut off well before others are refused. */
const PART_BEFORE_CUT = 0.6;

/** What follows for the pipelines of Azure Monitor: they drop while the Collector holds more. */
export function azureMemoryPlan(memoryLimit: string): MemoryPlan {
    const limitMiB = Math.floor(memoryPlan(memoryLimit).limitMiB * PART_BEFORE_CUT);
    return { limitMiB, spikeLimitMiB: Math.floor(limitMiB / 5) };
}

/** More requests at once than any client of OpenTelemetry has by itself. */
const MOST_STREAMS = 100;

/** Requests that one gRPC connection may have under way: the largest ones fill half of what the memory limiter allows. */
export function concurrentStreams(memoryLimit: string, maxMessageSize: string): number {
    const halfMiB = memoryPlan(memoryLimit).limitMiB / 2;
    return Math.min(MOST_STREAMS, Math.floor(halfMiB / toMiB(bytesOf(maxMessageSize))));
}

/** `GOMEMLIMIT` of a container: 80 % of its limit, near which Go collects garbage harder before the kernel kills. */
export function goMemLimit(memoryLimit: string): string {
    return `${Math.floor(toMiB(bytesOf(memoryLimit)) * 0.8)}MiB`;
}

/** MiB of the JavaScript heap of a container: half of its limit, the rest is Node.js itself and what it sends. */
export function nodeHeapMiB(memoryLimit: string): number {
    return Math.floor(toMiB(bytesOf(memoryLimit)) / 2);
}

/** 10,000 traces of the OpenTelemetry demo are about 211 MiB. */
const BYTES_A_TRACE = Math.ceil((211 * MIB) / 10_000);
/** 52 MB at rest. */
const JAEGER_AT_REST_MIB = 64;

/** The least memory that leaves a Jaeger some for traces. */
export const JAEGER_MINIMUM = "128Mi";

/** The number of traces that fit a Jaeger of that memory limit. */
export function tracesThatFit(memoryLimit: string): number {
    return Math.max(0, Math.floor((bytesOf(memoryLimit) - JAEGER_AT_REST_MIB * MIB) / BYTES_A_TRACE));
}

/** Queues may take half, and Azure Monitor is cut off not far above that. */
const PART_FOR_HELD_TRACES = 0.25;

/** The number of traces that a Collector of that memory limit can hold in a quarter of what its limiter allows. */
export function heldTracesThatFit(memoryLimit: string): number {
    return Math.floor((memoryPlan(memoryLimit).limitMiB * MIB * PART_FOR_HELD_TRACES) / BYTES_A_TRACE);
}

/** The least memory that leaves a Loki, 126 MB at rest, some for chunks and queries. */
export const LOKI_MINIMUM = "192Mi";

/** The least memory that leaves a VictoriaLogs, 33 MiB at rest, some for queries and for what is not on disk yet. */
export const VICTORIA_LOGS_MINIMUM = "128Mi";

/** Half of the container's memory for caches: VictoriaLogs' own three fifths leave too little for a query that sorts. */
const PART_FOR_CACHES = 0.5;

/** Bytes that VictoriaLogs' caches may take of a container of that memory limit. */
export function cacheBytes(memoryLimit: string): number {
    return Math.floor(bytesOf(memoryLimit) * PART_FOR_CACHES);
}

/** What a store may fill of its disk: the rest is for write-ahead logs, compaction and what is deleted late. */
export const FILLED = 0.75;

/** What Prometheus and VictoriaLogs may fill before they delete the oldest, in MiB. */
export function filledMiB(storage: string): number {
    return Math.floor(toMiB(bytesOf(storage)) * FILLED);
}
