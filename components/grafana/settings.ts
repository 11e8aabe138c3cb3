import { collectsFromCluster } from "../../config/cluster";
import { onDisk } from "../../config/durability";
import { readsVictoriaLogs } from "../../config/grafana-plugins";
import { hasTraceTier } from "../../config/layout";
import type { LogStore } from "../../config/log-stores";
import { publishedUrl } from "../../config/publish";
import { makesSpanMetrics } from "../../config/routes";
import type { StackSettings } from "../../config/schema";
import { memoryPlan } from "../../config/sizing";
import { MIB, bytesOf } from "../../config/units";
import type { StackEndpoints } from "../outputs";
import type { CollectorMemory, DashboardContext } from "./dashboards/model";
import { type DataSourceUrls, firstLogStore } from "./data-sources";

/** What there is to look at with those settings. */
export function dashboardContext(settings: StackSettings): DashboardContext {
    const { cluster, collector, jaeger, loki, namespace, prometheus, tailSampling, traceTier, victoriaLogs } = settings;
    const has = { loki: loki.enabled, victorialogs: readsVictoriaLogs(settings) };
    return {
        has: {
            prometheus: prometheus.enabled,
            jaeger: jaeger.enabled,
            kubelet: prometheus.enabled && cluster.kubeletMetrics.enabled,
            ...has,
            spanMetrics: makesSpanMetrics(settings),
        },
        logStore: firstLogStore(has),
        keepsInVictoriaLogs: victoriaLogs.enabled,
        namespaces: [namespace.name, ...(collectsFromCluster(cluster) ? [cluster.namespace] : [])],
        onDisk: onDisk(settings),
        collectorMemory: memoryOf(collector),
        ...(hasTraceTier(settings)
            ? { traceTier: { memory: memoryOf(traceTier), sampled: tailSampling.enabled } }
            : {}),
    };
}

function memoryOf({ resources: { limits } }: Pick<StackSettings["collector"], "resources">): CollectorMemory {
    const { limitMiB, spikeLimitMiB } = memoryPlan(limits.memory);
    return { limit: bytesOf(limits.memory), refusesAbove: (limitMiB - spikeLimitMiB) * MIB };
}

/** The backends that are on. */
export function dataSourceUrls(
    at: Pick<StackEndpoints, "jaeger" | LogStore | "prometheus">,
    settings: Pick<StackSettings, "grafana" | "jaeger" | LogStore | "prometheus">,
): DataSourceUrls {
    const { jaeger, loki, prometheus } = settings;
    return {
        ...(prometheus.enabled ? { prometheus: at.prometheus.api.urls.short } : {}),
        ...(jaeger.enabled ? { jaeger: at.jaeger.ui.urls.short } : {}),
        ...(loki.enabled ? { loki: at.loki.api.urls.short } : {}),
        ...(readsVictoriaLogs(settings) ? { victorialogs: at.victoriaLogs.api.urls.short } : {}),
    };
}

/** By what people open it: the name outside of the cluster, or the port-forward of the outputs. */
export function grafanaRootUrl(settings: Pick<StackSettings, "localPorts" | "publish">): string {
    return `${publishedUrl(settings, "grafana") ?? `http://localhost:${settings.localPorts.grafana}`}/`;
}
