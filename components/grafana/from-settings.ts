import { isClusterTelemetryEnabled } from "../../config/model/cluster-telemetry";
import { usesPersistentQueues } from "../../config/model/durability";
import { hasVictoriaLogsDataSource } from "../../config/model/grafana";
import { hasTraceTier } from "../../config/model/topology";
import type { LogStore } from "../../config/model/log-stores";
import { findExternalUrl } from "../../config/model/expose";
import { isSpanMetricsEnabled } from "../../config/model/routes";
import type { StackSettings } from "../../config/schema/schema";
import { collectorMemoryLimits } from "../../config/model/memory";
import { MIB, parseBytes } from "../../config/types/units";
import type { StackEndpoints } from "../stack/outputs";
import type { CollectorMemory, DashboardContext } from "./dashboards/model";
import { type DataSourceUrls, firstLogStore } from "./data-sources";

/** Resolves the dashboards' data from the settings. */
export function resolveDashboardContext(settings: StackSettings): DashboardContext {
    const { clusterTelemetry, collector, jaeger, loki, namespace, prometheus, tailSampling, traceTier, victoriaLogs } =
        settings;
    const logStores = { loki: loki.enabled, victorialogs: hasVictoriaLogsDataSource(settings) };
    return {
        available: {
            prometheus: prometheus.enabled,
            jaeger: jaeger.enabled,
            kubelet: prometheus.enabled && clusterTelemetry.kubeletMetrics.enabled,
            ...logStores,
            spanMetrics: isSpanMetricsEnabled(settings),
        },
        logStore: firstLogStore(logStores),
        runsVictoriaLogs: victoriaLogs.enabled,
        namespaces: [
            namespace.name,
            ...(isClusterTelemetryEnabled(clusterTelemetry) ? [clusterTelemetry.namespace] : []),
        ],
        persistentQueues: usesPersistentQueues(settings),
        collectorMemory: resolveCollectorMemory(collector),
        ...(hasTraceTier(settings)
            ? { traceTier: { memory: resolveCollectorMemory(traceTier), tailSampling: tailSampling.enabled } }
            : {}),
    };
}

function resolveCollectorMemory({
    resources: { limits },
}: Pick<StackSettings["collector"], "resources">): CollectorMemory {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { limit: parseBytes(limits.memory), limiterThreshold: (limitMiB - spikeLimitMiB) * MIB };
}

/** URLs of the enabled backends. */
export function resolveDataSourceUrls(
    endpoints: Pick<StackEndpoints, "jaeger" | LogStore | "prometheus">,
    settings: Pick<StackSettings, "grafana" | "jaeger" | LogStore | "prometheus">,
): DataSourceUrls {
    const { jaeger, loki, prometheus } = settings;
    return {
        ...(prometheus.enabled ? { prometheus: endpoints.prometheus.api.urls.short } : {}),
        ...(jaeger.enabled ? { jaeger: endpoints.jaeger.ui.urls.short } : {}),
        ...(loki.enabled ? { loki: endpoints.loki.api.urls.short } : {}),
        ...(hasVictoriaLogsDataSource(settings) ? { victorialogs: endpoints.victoriaLogs.api.urls.short } : {}),
    };
}

/** The external hostname, or else the port-forward of the outputs. */
export function resolveGrafanaRootUrl(settings: Pick<StackSettings, "localPorts" | "expose">): string {
    return `${findExternalUrl(settings, "grafana") ?? `http://localhost:${settings.localPorts.grafana}`}/`;
}
