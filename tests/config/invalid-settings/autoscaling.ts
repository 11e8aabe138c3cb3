import type { InvalidSettings } from "./types";

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
        key: "collector.replicas",
    },
    {
        about: "minReplicas above maxReplicas",
        raw: withAutoscaling({ minReplicas: 4, maxReplicas: 3 }),
        key: "collector.autoscaling.minReplicas",
    },
    {
        about: "maxReplicas below the default minReplicas of a large stack",
        raw: { size: "large", ...withAutoscaling({ maxReplicas: 2 }) },
        key: "collector.autoscaling.minReplicas",
    },
    {
        about: "span metrics with autoscaling",
        raw: { spanMetrics: { enabled: true }, ...withAutoscaling() },
        key: "spanMetrics.enabled",
    },
    {
        about: "a memoryPercent above the memory limiter's",
        raw: withAutoscaling({ memoryPercent: 80 }),
        key: "collector.autoscaling.memoryPercent",
    },
    {
        about: "a memoryPercent below an idle Collector's use",
        raw: withAutoscaling({ memoryPercent: 5 }),
        key: "collector.autoscaling.memoryPercent",
    },
    {
        about: "memoryPercent with persistent queues",
        raw: { durability: { mode: "disk" }, ...withAutoscaling({ memoryPercent: 60 }) },
        key: "collector.autoscaling.memoryPercent",
    },
];
