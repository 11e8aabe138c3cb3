import { resolveDestinations } from "../../config/model/destinations";
import { resolveQueues } from "../../config/model/durability";
import { isSpanMetricsEnabled, resolveMetricsPushProtocol } from "../../config/model/routes";
import type { StackSettings } from "../../config/schema/schema";
import { resolveTraceTier, resolveTraceTierRoutes } from "../../config/model/trace-tier";
import { markDestinationSecrets } from "./config/destination-exporters";
import type { TraceTierArgs } from "./trace-tier";

/** What is done with whole traces, and so by the Collectors that see them: of the second tier, where there is one. */
export function resolveTraceProcessingArgs(
    settings: StackSettings,
): Pick<TraceTierArgs, "spanMetrics" | "tailSampling"> {
    return {
        ...(settings.tailSampling.enabled ? { tailSampling: settings.tailSampling } : {}),
        ...(isSpanMetricsEnabled(settings) ? { spanMetrics: settings.spanMetrics } : {}),
    };
}

/** What the settings say of the second tier. */
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
