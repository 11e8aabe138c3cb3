import { isSpanMetricsEnabled, resolveRoutes } from "../model/routes";
import { hasTraceTier } from "../model/topology";
import type { Rule } from "./rule";
import { forTraceTier } from "./per-tier";
import { maxCollectorReplicas } from "../model/autoscaling";
import { maxSampledTraces, pendingEdgeLimit } from "../model/memory";

const sampledTracesFitMemory = forTraceTier({
    key: "tailSampling.maxTraces",
    check: ({ resources }, { tailSampling }) => {
        const fit = maxSampledTraces(resources.limits.memory);
        return tailSampling.enabled && tailSampling.maxTraces > fit
            ? `must be at most ${fit} (a quarter of the memory that the memory limiter allows with collector.resources.limits.memory ${resources.limits.memory})`
            : undefined;
    },
});

const pendingEdgesFitMemory = forTraceTier({
    key: "spanMetrics.maxPendingEdges",
    check: ({ resources }, settings) => {
        const fit = pendingEdgeLimit(resources.limits.memory);
        return isSpanMetricsEnabled(settings) && settings.spanMetrics.maxPendingEdges > fit
            ? `must be at most ${fit} (a quarter of the memory that the memory limiter allows with collector.resources.limits.memory ${resources.limits.memory})`
            : undefined;
    },
});

/** Rules for tail sampling and the service graph. */
export const processingRules: readonly Rule[] = [
    {
        key: "tailSampling.enabled",
        check: ({ collector, topology, tailSampling }) =>
            tailSampling.enabled && maxCollectorReplicas(collector) > 1 && !hasTraceTier({ topology })
                ? "must be false with several Collector pods in a single tier, because each pod sees only a part of a trace; set collector.replicas to 1 without collector.autoscaling, or topology to two-tier"
                : undefined,
    },
    {
        key: "tailSampling.enabled",
        check: (settings) =>
            settings.tailSampling.enabled && resolveRoutes(settings).traces.every((route) => route === "debug")
                ? "must be false because traces have no destination; set jaeger.enabled to true or add a destination for traces"
                : undefined,
    },
    ...sampledTracesFitMemory,
    ...pendingEdgesFitMemory,
];
