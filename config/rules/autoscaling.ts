import { usesPersistentQueues } from "../model/durability";
import type { Rule } from "./rule";
import { IDLE_MEMORY_MIB, memoryTargetMiB, memoryLimiterPercent } from "../model/autoscaling";
import type { StackSettings } from "../schema/schema";
import { MIB, parseBytes } from "../types/units";

function scalesOnMemory(settings: StackSettings): boolean {
    return settings.collector.autoscaling.enabled && !usesPersistentQueues(settings);
}

const memoryTargetBelowLimiter: Rule = {
    key: "collector.autoscaling.memoryPercent",
    check: (settings) => {
        const { autoscaling, resources } = settings.collector;
        const most = memoryLimiterPercent(resources.limits.memory);
        return scalesOnMemory(settings) && (autoscaling.memoryPercent ?? 0) > most
            ? `must be at most ${most} with collector.resources.limits.memory ${resources.limits.memory}; above it the memory limiter rejects data before the autoscaler adds a pod`
            : undefined;
    },
};

const memoryTargetAboveIdle: Rule = {
    key: "collector.autoscaling.memoryPercent",
    check: (settings) => {
        const { memory } = settings.collector.resources.limits;
        const least = Math.ceil((100 * IDLE_MEMORY_MIB * MIB) / parseBytes(memory));
        return scalesOnMemory(settings) && memoryTargetMiB(settings) < IDLE_MEMORY_MIB
            ? `must be at least ${least} (${IDLE_MEMORY_MIB}Mi of collector.resources.limits.memory ${memory}); an idle Collector uses almost that much, so the autoscaler would add pods without load`
            : undefined;
    },
};

export const autoscalingRules: readonly Rule[] = [
    {
        key: "collector.autoscaling.minReplicas",
        check: ({ collector: { autoscaling } }) =>
            autoscaling.minReplicas > autoscaling.maxReplicas
                ? `must be at most ${autoscaling.maxReplicas} (collector.autoscaling.maxReplicas)`
                : undefined,
    },
    memoryTargetBelowLimiter,
    memoryTargetAboveIdle,
];
