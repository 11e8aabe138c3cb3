import type { Plan, TierPlan } from "../../config/model/plan";
import { collectorMemoryLimits } from "../../config/model/memory";
import { MIB, parseBytes } from "../../config/types/units";
import type { AlertmanagerEndpoints } from "../alertmanager/alertmanager";
import type { JaegerEndpoints } from "../jaeger/jaeger";
import type { LokiEndpoints } from "../loki/loki";
import type { PrometheusEndpoints } from "../prometheus/prometheus";
import type { VictoriaLogsEndpoints } from "../victoria-logs/victoria-logs";
import type { CollectorMemory, DashboardContext } from "./dashboards/model";
import { type DataSourceUrls, firstLogStore } from "./data-sources";

/** Resolves the dashboards' data from the plan. */
export function resolveDashboardContext(plan: Plan): DashboardContext {
    const { ingestTier, settings, traceTier } = plan;
    const { clusterTelemetry, jaeger, loki, namespace, prometheus, victoriaLogs } = settings;
    const logStores = { loki: loki.enabled, victorialogs: plan.grafanaReadsVictoriaLogs };
    return {
        available: {
            prometheus: prometheus.enabled,
            jaeger: jaeger.enabled,
            kubelet: prometheus.enabled && clusterTelemetry.kubeletMetrics.enabled,
            ...logStores,
            spanMetrics: plan.spanMetrics !== undefined,
        },
        logStore: firstLogStore(logStores),
        runsVictoriaLogs: victoriaLogs.enabled,
        longestSampleSeconds: plan.sampleIntervals.longestSeconds,
        namespaces: [namespace.name, ...(plan.clusterTelemetry.enabled ? [clusterTelemetry.namespace] : [])],
        persistentQueues: plan.usesPersistentQueues,
        collectorMemory: resolveCollectorMemory(ingestTier),
        docsUrl: settings.grafana.dashboardDocsUrl.replace(/\/+$/, ""),
        ...(traceTier
            ? {
                  traceTier: {
                      memory: resolveCollectorMemory(traceTier),
                      tailSampling: traceTier.tailSampling !== undefined,
                  },
              }
            : {}),
    };
}

function resolveCollectorMemory({ resources: { limits } }: TierPlan): CollectorMemory {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { limit: parseBytes(limits.memory), limiterThreshold: (limitMiB - spikeLimitMiB) * MIB };
}

export interface BackendEndpoints {
    readonly alertmanager: AlertmanagerEndpoints;
    readonly jaeger: JaegerEndpoints;
    readonly loki: LokiEndpoints;
    readonly prometheus: PrometheusEndpoints;
    readonly victoriaLogs: VictoriaLogsEndpoints;
}

/** URLs of the enabled backends. */
export function resolveDataSourceUrls(
    endpoints: BackendEndpoints,
    { grafanaReadsVictoriaLogs, settings: { alertmanager, jaeger, loki, prometheus } }: Plan,
): DataSourceUrls {
    return {
        ...(alertmanager.enabled ? { alertmanager: endpoints.alertmanager.api.url } : {}),
        ...(prometheus.enabled ? { prometheus: endpoints.prometheus.api.url } : {}),
        ...(jaeger.enabled ? { jaeger: endpoints.jaeger.ui.url } : {}),
        ...(loki.enabled ? { loki: endpoints.loki.api.url } : {}),
        ...(grafanaReadsVictoriaLogs ? { victorialogs: endpoints.victoriaLogs.api.url } : {}),
    };
}

/** The external hostname, or else the port-forward of the outputs. */
export function resolveGrafanaRootUrl({ exposure, settings }: Plan): string {
    return `${exposure.urls.grafana ?? `http://localhost:${settings.localPorts.grafana}`}/`;
}
