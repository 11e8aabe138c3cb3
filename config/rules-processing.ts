import { routesOf } from "./routes";
import { hasTraceTier } from "./layout";
import type { Rule } from "./rule";
import { whereTracesAreWhole } from "./rule-tiers";
import { mostCollectors } from "./scaling";
import { heldTracesThatFit } from "./sizing";

const heldTracesFit: Rule = {
    key: "tailSampling.maxTraces",
    problem: ({ collector: { resources }, tailSampling }) => {
        const fit = heldTracesThatFit(resources.limits.memory);
        return tailSampling.enabled && tailSampling.maxTraces > fit
            ? `expected at most ${fit}, a quarter of what the memory limiter allows with ${resources.limits.memory} (collector.resources.limits.memory)`
            : undefined;
    },
};

/** What the settings of the processing on the way demand of others. */
export const processingRules: readonly Rule[] = [
    {
        key: "tailSampling.enabled",
        problem: ({ collector, layout, tailSampling }) =>
            tailSampling.enabled && mostCollectors(collector) > 1 && !hasTraceTier({ layout })
                ? "expected false, or 1 for collector.replicas and no collector.autoscaling, or two-tier for layout: each pod would see a part of a trace, and decide by that"
                : undefined,
    },
    {
        key: "tailSampling.enabled",
        problem: (settings) =>
            settings.tailSampling.enabled && routesOf(settings).traces.every((route) => route === "debug")
                ? "expected false, or true for jaeger.enabled, or a destination of traces: nothing keeps any"
                : undefined,
    },
    ...whereTracesAreWhole(heldTracesFit),
];
