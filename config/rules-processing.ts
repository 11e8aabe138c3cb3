import { destinationsOf } from "./destinations";
import type { Rule } from "./rule";
import { mostCollectors } from "./scaling";
import type { StackSettings } from "./schema";
import { heldTracesThatFit } from "./sizing";

const heldTracesFit: Rule = {
    keys: ["tailSampling.maxTraces", "tailSampling.enabled", "collector.resources.limits.memory"],
    problem: ({ collector: { resources }, tailSampling }) => {
        const fit = heldTracesThatFit(resources.limits.memory);
        return tailSampling.enabled && tailSampling.maxTraces > fit
            ? `expected at most ${fit}, a quarter of what the memory limiter allows with ${resources.limits.memory} (collector.resources.limits.memory)`
            : undefined;
    },
};

/** It drops with or without sampling. */
function goesToAzure(settings: StackSettings): boolean {
    return destinationsOf(settings).some(({ kind, signals }) => kind === "azure_monitor" && signals.includes("traces"));
}

/** What the settings of the processing on the way demand of others. */
export const processingRules: readonly Rule[] = [
    {
        keys: ["tailSampling.enabled", "collector.replicas", "collector.autoscaling", "size"],
        problem: ({ collector, tailSampling }) =>
            tailSampling.enabled && mostCollectors(collector) > 1
                ? "expected false, or 1 for collector.replicas and no collector.autoscaling: each pod would see a part of a trace, and decide by that"
                : undefined,
    },
    {
        keys: ["tailSampling.enabled", "jaeger.enabled", "azureMonitor", "destinations"],
        problem: (settings) =>
            settings.tailSampling.enabled && !settings.jaeger.enabled && !goesToAzure(settings)
                ? "expected false, or true for jaeger.enabled: nothing else in the stack keeps traces, and behind sampling a full queue drops them, whatever whenFull says"
                : undefined,
    },
    heldTracesFit,
];
