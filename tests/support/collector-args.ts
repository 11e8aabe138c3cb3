import type { CollectorConfigArgs } from "../../components/collector/config/render";
import { resolveQueues } from "../../config/model/durability";
import { isSpanMetricsEnabled, resolveMetricsPushProtocol, resolveRoutes } from "../../config/model/routes";
import { BACKEND_ENDPOINTS } from "./backend-endpoints";
import { parseSettings } from "./settings";

/** What a Collector's configuration is made of with those settings. */
export function resolveCollectorArgs(
    raw: Readonly<Record<string, unknown>> = {},
): CollectorConfigArgs & { replicas: number } {
    const settings = parseSettings(raw);
    return {
        ...settings.collector,
        routes: resolveRoutes(settings),
        pushProtocol: resolveMetricsPushProtocol(settings),
        queues: resolveQueues(settings),
        backends: BACKEND_ENDPOINTS,
        ...(settings.secureOtlp.enabled ? { secureOtlp: settings.secureOtlp } : {}),
        ...(isSpanMetricsEnabled(settings) ? { spanMetrics: settings.spanMetrics } : {}),
    };
}
