import type { InvalidSettings } from "./invalid-settings";

const withAutoscaling = (
    autoscaling: Readonly<Record<string, unknown>> = {},
    more: Readonly<Record<string, unknown>> = {},
) => ({
    collector: { autoscaling: { enabled: true, ...autoscaling }, ...more },
});

/** Settings that violate a rule of autoscaling. */
export const invalidAutoscaling: readonly InvalidSettings[] = [
    {
        about: "collector.replicas together with autoscaling",
        raw: withAutoscaling({}, { replicas: 3 }),
        problem:
            "collector.replicas: expected to be left out, or false for collector.autoscaling.enabled: the autoscaler sets the number of pods, from collector.autoscaling.minReplicas to maxReplicas",
    },
    {
        about: "minReplicas above maxReplicas",
        raw: withAutoscaling({ minReplicas: 4, maxReplicas: 3 }),
        problem: "collector.autoscaling.minReplicas: expected at most 3 (collector.autoscaling.maxReplicas)",
    },
    {
        about: "maxReplicas below the default minReplicas of a large stack",
        raw: { size: "large", ...withAutoscaling({ maxReplicas: 2 }) },
        problem: "collector.autoscaling.minReplicas: expected at most 2 (collector.autoscaling.maxReplicas)",
    },
    {
        about: "span metrics with autoscaling",
        raw: { spanMetrics: { enabled: true }, ...withAutoscaling() },
        problem:
            "spanMetrics.enabled: expected false, or false for collector.autoscaling.enabled, or two-tier for topology: several pods would write the same series, each with a part of the count",
    },
    {
        about: "a memoryPercent above the memory limiter's",
        raw: withAutoscaling({ memoryPercent: 80 }),
        problem:
            "collector.autoscaling.memoryPercent: expected at most 79: above it the memory limiter refuses data with 256Mi (collector.resources.limits.memory), before a pod is added",
    },
    {
        about: "a memoryPercent below an idle Collector's use",
        raw: withAutoscaling({ memoryPercent: 20 }),
        problem:
            "collector.autoscaling.memoryPercent: expected at least 64Mi of 256Mi (collector.resources.limits.memory): a Collector without load takes nearly that, and pods would be added for nothing",
    },
    {
        about: "memoryPercent with persistent queues",
        raw: { durability: { mode: "disk" }, ...withAutoscaling({ memoryPercent: 60 }) },
        problem:
            "collector.autoscaling.memoryPercent: expected to be left out, or memory for durability.mode: the files of queues count as memory while a backend is away, and pods that are added then stay",
    },
];
