import type { CollectorConfigArgs } from "../../components/collector/config/render";
import { BACKEND_ENDPOINTS } from "./backend-endpoints";
import { parsePlan } from "./settings";

/** What a Collector's configuration is made of with those settings. */
export function resolveCollectorArgs(
    raw: Readonly<Record<string, unknown>> = {},
): CollectorConfigArgs & { replicas: number } {
    const { ingestTier, metricsPushProtocol, settings } = parsePlan(raw);
    return {
        ...settings.collector,
        ...ingestTier,
        pushProtocol: metricsPushProtocol,
        destinations: [],
        backends: BACKEND_ENDPOINTS,
    };
}
