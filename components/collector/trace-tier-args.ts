import { resolveDestinations } from "../../config/model/destinations";
import { resolveQueues } from "../../config/model/durability";
import { isSpanMetricsEnabled, resolveMetricsPushProtocol } from "../../config/model/routes";
import type { StackSettings } from "../../config/schema/schema";
import { resolveTraceTier, resolveTraceTierRoutes } from "../../config/model/trace-tier";
import { markDestinationSecrets } from "./config/destination-exporters";
import type { TraceTierArgs } from "./trace-tier";

/** The settings for processing complete traces. They apply to the trace tier if there is one. */
export function resolveTraceProcessingArgs(
    settings: StackSettings,
): Pick<TraceTierArgs, "spanMetrics" | "tailSampling"> {
    return {
        ...(settings.tailSampling.enabled ? { tailSampling: settings.tailSampling } : {}),
        ...(isSpanMetricsEnabled(settings) ? { spanMetrics: settings.spanMetrics } : {}),
    };
}

export function resolveTraceTierArgs(
    settings: StackSettings,
): Omit<TraceTierArgs, "backends" | "image" | "namespace" | "rolloutTimeout"> {
    const tierSettings = resolveTraceTier(settings);
    return {
        ...tierSettings.collector,
        ...resolveTraceProcessingArgs(settings),
        routes: resolveTraceTierRoutes(settings),
        pushProtocol: resolveMetricsPushProtocol(settings),
        queues: resolveQueues(tierSettings),
        destinations: markDestinationSecrets(resolveDestinations(tierSettings)),
    };
}
