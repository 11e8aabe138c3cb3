import { onDisk } from "./durability";
import type { Rule } from "./rule";
import { AT_REST_MIB, memoryTargetMiB, refusalPercent } from "./scaling";
import type { StackSettings } from "./schema";

function looksAtMemory(settings: StackSettings): boolean {
    return settings.collector.autoscaling.enabled && !onDisk(settings);
}

const belowTheLimiter: Rule = {
    key: "collector.autoscaling.memoryPercent",
    problem: (settings) => {
        const { autoscaling, resources } = settings.collector;
        const most = refusalPercent(resources.limits.memory);
        return looksAtMemory(settings) && (autoscaling.memoryPercent ?? 0) > most
            ? `expected at most ${most}: above it the memory limiter refuses data with ${resources.limits.memory} (collector.resources.limits.memory), before a pod is added`
            : undefined;
    },
};

export const scalingRules: readonly Rule[] = [
    {
        key: "collector.replicas",
        problem: ({ collector }, given) =>
            collector.autoscaling.enabled && given("collector.replicas")
                ? "expected to be left out, or false for collector.autoscaling.enabled: the autoscaler sets the number of pods, from collector.autoscaling.minReplicas to maxReplicas"
                : undefined,
    },
    {
        key: "collector.autoscaling.minReplicas",
        problem: ({ collector: { autoscaling } }) =>
            autoscaling.minReplicas > autoscaling.maxReplicas
                ? `expected at most ${autoscaling.maxReplicas} (collector.autoscaling.maxReplicas)`
                : undefined,
    },
    belowTheLimiter,
    {
        key: "collector.autoscaling.memoryPercent",
        problem: (settings) =>
            looksAtMemory(settings) && memoryTargetMiB(settings) < AT_REST_MIB
                ? `expected at least ${AT_REST_MIB}Mi of ${settings.collector.resources.limits.memory} (collector.resources.limits.memory): a Collector without load takes nearly that, and pods would be added for nothing`
                : undefined,
    },
    {
        key: "collector.autoscaling.memoryPercent",
        problem: (settings) =>
            onDisk(settings) && settings.collector.autoscaling.memoryPercent !== undefined
                ? "expected to be left out, or memory for durability: the files of queues count as memory while a backend is away, and pods that are added then stay"
                : undefined,
    },
];
