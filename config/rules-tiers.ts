import { onDisk } from "./durability";
import { hasTraceTier } from "./layout";
import { routesOf } from "./routes";
import { type Rule, atLeast } from "./rule";
import { COLLECTOR_MINIMUM } from "./sizing";

/** What the settings of a second tier demand of others, beside the rules that hold for each tier. */
export const tierRules: readonly Rule[] = [
    {
        keys: ["traceTier", "layout"],
        problem: (settings, given) =>
            given("traceTier") && !hasTraceTier(settings)
                ? "expected to be left out, or two-tier for layout: there is no second tier"
                : undefined,
    },
    {
        keys: ["layout", "jaeger.enabled", "azureMonitor", "destinations"],
        problem: (settings) =>
            hasTraceTier(settings) && routesOf(settings).traces.every((route) => route === "debug")
                ? "expected one-tier, or true for jaeger.enabled, or a destination of traces: nothing takes traces from a second tier"
                : undefined,
    },
    {
        keys: ["traceTier.queue.storage", "durability", "layout"],
        problem: (settings, given) =>
            given("traceTier.queue.storage") && hasTraceTier(settings) && !onDisk(settings)
                ? "expected to be left out, or disk for durability: queues in memory have no volume"
                : undefined,
    },
    atLeast(
        "traceTier.resources.limits.memory",
        ({ traceTier }) => traceTier.resources.limits.memory,
        COLLECTOR_MINIMUM,
    ),
];
