import type { InvalidSettings } from "./invalid-settings";

const withAutoscaling = (
    autoscaling: Readonly<Record<string, unknown>> = {},
    more: Readonly<Record<string, unknown>> = {},
) => ({
    collector: { autoscaling: { enabled: true, ...autoscaling }, ...more },
});

/** What settings demand of each other for the number of Collector pods to follow the load. */
export const invalidAutoscaling: readonly InvalidSettings[] = [
    {
        about: "a fixed number of pods beside an autoscaler",
        raw: withAutoscaling({}, { replicas: 3 }),
        problem:
            "collector.replicas: expected to be left out, or false for collector.autoscaling.enabled: the autoscaler sets the number of pods, from collector.autoscaling.minReplicas to maxReplicas",
    },
    {
        about: "more pods at least than at most",
        raw: withAutoscaling({ minReplicas: 4, maxReplicas: 3 }),
        problem: "collector.autoscaling.minReplicas: expected at most 3 (collector.autoscaling.maxReplicas)",
    },
    {
        about: "fewer pods at most than a large stack has at least",
        raw: { size: "large", ...withAutoscaling({ maxReplicas: 2 }) },
        problem: "collector.autoscaling.minReplicas: expected at most 2 (collector.autoscaling.maxReplicas)",
    },
    {
        about: "metrics from spans that an autoscaler spreads over pods",
        raw: { spanMetrics: { enabled: true }, ...withAutoscaling() },
        problem:
            "spanMetrics.enabled: expected false, or false for collector.autoscaling.enabled, or two-tier for topology: several pods would write the same series, each with a part of the count",
    },
    {
        about: "a share of memory that the memory limiter never lets a pod reach",
        raw: withAutoscaling({ memoryPercent: 80 }),
        problem:
            "collector.autoscaling.memoryPercent: expected at most 79: above it the memory limiter refuses data with 256Mi (collector.resources.limits.memory), before a pod is added",
    },
    {
        about: "a share of memory that a Collector takes without load",
        raw: withAutoscaling({ memoryPercent: 20 }),
        problem:
            "collector.autoscaling.memoryPercent: expected at least 64Mi of 256Mi (collector.resources.limits.memory): a Collector without load takes nearly that, and pods would be added for nothing",
    },
    {
        about: "a share of memory where queues on disk take memory too",
        raw: { durability: { mode: "disk" }, ...withAutoscaling({ memoryPercent: 60 }) },
        problem:
            "collector.autoscaling.memoryPercent: expected to be left out, or memory for durability.mode: the files of queues count as memory while a backend is away, and pods that are added then stay",
    },
];
