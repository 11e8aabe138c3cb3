import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";
import { collectorMemoryLimits } from "./memory";
import { MIB, parseBytes, parseCores, parseSeconds, bytesToMiB } from "../types/units";

export type AutoscalingSettings = Pick<StackSettings, "collector" | "durability">;

/** Configuration of the HorizontalPodAutoscaler of the Collector. */
export interface Autoscaling {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    /** Target for the average CPU use of the pods, in millicores. */
    readonly cpuMillis: number;
    /** Target for the average memory use of the pods; undefined if memory is not a scaling metric. */
    readonly memoryMiB?: number;
    /** Stabilization window for scaling down, in seconds; undefined if pods are never removed. */
    readonly scaleDownSeconds?: number;
}

const DEFAULT_MEMORY_PERCENT = 60;
/** Resident memory outside the heap, which the memory limiter does not measure. */
const NON_HEAP_MIB = 50;
/** An idle Collector uses 25 to 53 MiB; with a lower target the autoscaler would add pods without load. */
export const IDLE_MEMORY_MIB = 64;

/** Maximum number of Collector pods. */
export function maxCollectorReplicas({ autoscaling, replicas }: StackSettings["collector"]): number {
    return autoscaling.enabled ? autoscaling.maxReplicas : replicas;
}

/** Undefined if the number of pods is fixed. */
export function resolveAutoscaling(settings: AutoscalingSettings): Autoscaling | undefined {
    const { autoscaling, resources } = settings.collector;
    if (!autoscaling.enabled) {
        return undefined;
    }
    const { minReplicas, maxReplicas, cpuPercent, scaleDownWindow } = autoscaling;
    const target = {
        minReplicas,
        maxReplicas,
        cpuMillis: Math.ceil(parseCores(resources.limits.cpu) * 10 * cpuPercent),
    };
    // A persistent queue cannot move to another pod, so pods are not removed.
    return usesPersistentQueues(settings)
        ? target
        : { ...target, memoryMiB: memoryTargetMiB(settings), scaleDownSeconds: parseSeconds(scaleDownWindow) };
}

/** Target for the average memory use of the pods. */
export function memoryTargetMiB({ collector: { autoscaling, resources } }: AutoscalingSettings): number {
    const percent = autoscaling.memoryPercent ?? DEFAULT_MEMORY_PERCENT;
    return Math.floor((parseBytes(resources.limits.memory) * percent) / 100 / MIB);
}

/** Percentage of the memory limit above which the memory limiter rejects data. */
export function memoryLimiterPercent(memoryLimit: string): number {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(memoryLimit);
    return Math.floor((100 * (limitMiB - spikeLimitMiB + NON_HEAP_MIB)) / bytesToMiB(parseBytes(memoryLimit)));
}
