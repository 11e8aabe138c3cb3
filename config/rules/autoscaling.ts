import { usesPersistentQueues } from "../model/durability";
import type { Rule } from "./rule";
import { IDLE_MEMORY_MIB, memoryTargetMiB, memoryLimiterPercent } from "../model/autoscaling";
import type { StackSettings } from "../schema/schema";

function scalesOnMemory(settings: StackSettings): boolean {
    return settings.collector.autoscaling.enabled && !usesPersistentQueues(settings);
}

const memoryTargetBelowLimiter: Rule = {
    key: "collector.autoscaling.memoryPercent",
    check: (settings) => {
        const { autoscaling, resources } = settings.collector;
        const most = memoryLimiterPercent(resources.limits.memory);
        return scalesOnMemory(settings) && (autoscaling.memoryPercent ?? 0) > most
            ? `expected at most ${most}: above it the memory limiter refuses data with ${resources.limits.memory} (collector.resources.limits.memory), before a pod is added`
            : undefined;
    },
};

export const autoscalingRules: readonly Rule[] = [
    {
        key: "collector.replicas",
        check: ({ collector }, given) =>
            collector.autoscaling.enabled && given("collector.replicas")
                ? "expected to be left out, or false for collector.autoscaling.enabled: the autoscaler sets the number of pods, from collector.autoscaling.minReplicas to maxReplicas"
                : undefined,
    },
    {
        key: "collector.autoscaling.minReplicas",
        check: ({ collector: { autoscaling } }) =>
            autoscaling.minReplicas > autoscaling.maxReplicas
                ? `expected at most ${autoscaling.maxReplicas} (collector.autoscaling.maxReplicas)`
                : undefined,
    },
    memoryTargetBelowLimiter,
    {
        key: "collector.autoscaling.memoryPercent",
        check: (settings) =>
            scalesOnMemory(settings) && memoryTargetMiB(settings) < IDLE_MEMORY_MIB
                ? `expected at least ${IDLE_MEMORY_MIB}Mi of ${settings.collector.resources.limits.memory} (collector.resources.limits.memory): a Collector without load takes nearly that, and pods would be added for nothing`
                : undefined,
    },
    {
        key: "collector.autoscaling.memoryPercent",
        check: (settings) =>
            usesPersistentQueues(settings) && settings.collector.autoscaling.memoryPercent !== undefined
                ? "expected to be left out, or memory for durability.mode: the files of queues count as memory while a backend is away, and pods that are added then stay"
                : undefined,
    },
];
