import type { CollectorConfigArgs } from "../../components/collector/config";
import { queuesOf } from "../../config/durability";
import { makesSpanMetrics, pushRouteOf, routesOf } from "../../config/routes";
import { BACKENDS } from "./backends";
import { settingsFrom } from "./settings";

/** What a Collector's configuration is made of with those settings. */
export function collectorArgs(raw: Readonly<Record<string, unknown>> = {}): CollectorConfigArgs & { replicas: number } {
    const settings = settingsFrom(raw);
    return {
        ...settings.collector,
        routes: routesOf(settings),
        pushRoute: pushRouteOf(settings),
        queues: queuesOf(settings),
        backends: BACKENDS,
        ...(settings.guard.enabled ? { guard: settings.guard } : {}),
        ...(makesSpanMetrics(settings) ? { spanMetrics: settings.spanMetrics } : {}),
    };
}
