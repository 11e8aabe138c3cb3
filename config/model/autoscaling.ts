import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";
import { collectorMemoryLimits } from "./memory";
import { MIB, parseBytes, parseCores, parseSeconds, bytesToMiB } from "../types/units";

export type AutoscalingSettings = Pick<StackSettings, "collector" | "durability">;

/** What adds and removes Collector pods. */
export interface Autoscaling {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    /** Of each pod on average, in thousandths of a core. */
    readonly cpuMillis: number;
    /** Of each pod on average; left out, memory is not looked at. */
    readonly memoryMiB?: number;
    /** Seconds that fewer pods must have been enough; left out, none is removed. */
    readonly scaleDownSeconds?: number;
}

const DEFAULT_MEMORY_PERCENT = 60;
/** Resident memory beside the heap that the memory limiter sees. */
const NON_HEAP_MIB = 50;
/** A Collector without load takes 25 to 53 MiB; below this the autoscaler would take it for a busy one. */
export const IDLE_MEMORY_MIB = 64;

/** Pods of the Collector at most. */
export function maxCollectorReplicas({ autoscaling, replicas }: StackSettings["collector"]): number {
    return autoscaling.enabled ? autoscaling.maxReplicas : replicas;
}

/** Left out where the number of pods is fixed. */
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
    // A queue cannot leave its volume, so that a pod that is there has to stay.
    return usesPersistentQueues(settings)
        ? target
        : { ...target, memoryMiB: memoryTargetMiB(settings), scaleDownSeconds: parseSeconds(scaleDownWindow) };
}

/** MiB of each pod on average above which there are to be more. */
export function memoryTargetMiB({ collector: { autoscaling, resources } }: AutoscalingSettings): number {
    const percent = autoscaling.memoryPercent ?? DEFAULT_MEMORY_PERCENT;
    return Math.floor((parseBytes(resources.limits.memory) * percent) / 100 / MIB);
}

/** Percent of the memory limit at which the memory limiter begins to refuse data. */
export function memoryLimiterPercent(memoryLimit: string): number {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(memoryLimit);
    return Math.floor((100 * (limitMiB - spikeLimitMiB + NON_HEAP_MIB)) / bytesToMiB(parseBytes(memoryLimit)));
}
