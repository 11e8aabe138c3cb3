import { resolveRoutes } from "../model/routes";
import { hasTraceTier } from "../model/topology";
import type { Rule } from "./rule";
import { forTraceTier } from "./per-tier";
import { maxCollectorReplicas } from "../model/autoscaling";
import { maxSampledTraces } from "../model/memory";

const sampledTracesFitMemory = forTraceTier({
    key: "tailSampling.maxTraces",
    check: ({ resources }, { tailSampling }) => {
        const fit = maxSampledTraces(resources.limits.memory);
        return tailSampling.enabled && tailSampling.maxTraces > fit
            ? `expected at most ${fit}, a quarter of what the memory limiter allows with ${resources.limits.memory} (collector.resources.limits.memory)`
            : undefined;
    },
});

/** What the settings of the processing on the way demand of others. */
export const processingRules: readonly Rule[] = [
    {
        key: "tailSampling.enabled",
        check: ({ collector, topology, tailSampling }) =>
            tailSampling.enabled && maxCollectorReplicas(collector) > 1 && !hasTraceTier({ topology })
                ? "expected false, or 1 for collector.replicas and no collector.autoscaling, or two-tier for topology: each pod would see a part of a trace, and decide by that"
                : undefined,
    },
    {
        key: "tailSampling.enabled",
        check: (settings) =>
            settings.tailSampling.enabled && resolveRoutes(settings).traces.every((route) => route === "debug")
                ? "expected false, or true for jaeger.enabled, or a destination of traces: nothing keeps any"
                : undefined,
    },
    ...sampledTracesFitMemory,
];
