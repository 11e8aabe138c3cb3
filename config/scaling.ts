import { onDisk } from "./durability";
import type { StackSettings } from "./schema";
import { memoryPlan } from "./sizing";
import { MIB, bytesOf, coresOf, secondsOf, toMiB } from "./units";

export type ScalingSettings = Pick<StackSettings, "collector" | "durability">;

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

const MEMORY_PERCENT = 60;
/** Resident memory beside the heap that the memory limiter sees. */
const BESIDE_HEAP_MIB = 50;
/** A Collector without load takes 25 to 53 MiB; below this the autoscaler would take it for a busy one. */
export const AT_REST_MIB = 64;

/** Pods of the Collector at most. */
export function mostCollectors({ autoscaling, replicas }: StackSettings["collector"]): number {
    return autoscaling.enabled ? autoscaling.maxReplicas : replicas;
}

/** Left out where the number of pods is fixed. */
export function autoscalingOf(settings: ScalingSettings): Autoscaling | undefined {
    const { autoscaling, resources } = settings.collector;
    if (!autoscaling.enabled) {
        return undefined;
    }
    const { minReplicas, maxReplicas, cpuPercent, scaleDownWindow } = autoscaling;
    const counts = {
        minReplicas,
        maxReplicas,
        cpuMillis: Math.ceil(coresOf(resources.limits.cpu) * 10 * cpuPercent),
    };
    // A queue cannot leave its volume, so that a pod that is there has to stay.
    return onDisk(settings)
        ? counts
        : { ...counts, memoryMiB: memoryTargetMiB(settings), scaleDownSeconds: secondsOf(scaleDownWindow) };
}

/** MiB of each pod on average above which there are to be more. */
export function memoryTargetMiB({ collector: { autoscaling, resources } }: ScalingSettings): number {
    const percent = autoscaling.memoryPercent ?? MEMORY_PERCENT;
    return Math.floor((bytesOf(resources.limits.memory) * percent) / 100 / MIB);
}

/** Percent of the memory limit at which the memory limiter begins to refuse data. */
export function refusalPercent(memoryLimit: string): number {
    const { limitMiB, spikeLimitMiB } = memoryPlan(memoryLimit);
    return Math.floor((100 * (limitMiB - spikeLimitMiB + BESIDE_HEAP_MIB)) / toMiB(bytesOf(memoryLimit)));
}
