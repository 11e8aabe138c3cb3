import { resolveBasePaths } from "../../config/model/expose";
import type { WorkloadNames } from "../../config/model/workload-names";
import type { StackSettings } from "../../config/schema/schema";
import { type AlertmanagerEndpoints, alertmanagerEndpoints } from "../alertmanager/alertmanager";
import { type AgentEndpoints, agentEndpoints } from "../cluster-telemetry/agent-otlp";
import { CLUSTER_TELEMETRY_NAMES } from "../cluster-telemetry/names";
import { type CollectorEndpoints, collectorEndpoints } from "../collector/endpoints";
import { type TraceTierEndpoints, traceTierEndpoints } from "../collector/trace-tier";
import { type GrafanaEndpoints, grafanaEndpoints } from "../grafana/grafana";
import { type JaegerEndpoints, jaegerEndpoints } from "../jaeger/jaeger";
import { type LokiEndpoints, lokiEndpoints } from "../loki/loki";
import { type PrometheusEndpoints, prometheusEndpoints } from "../prometheus/prometheus";
import { type ShopEndpoints, shopEndpoints } from "../shop/shop";
import { type VictoriaLogsEndpoints, victoriaLogsEndpoints } from "../victoria-logs/victoria-logs";

/**
 * Addresses of the stack's workloads inside the cluster, also of disabled ones.
 *
 * They are derived from names only, so that two workloads may reference each other.
 */
export interface StackEndpoints {
    readonly agent: AgentEndpoints;
    readonly alertmanager: AlertmanagerEndpoints;
    readonly collector: CollectorEndpoints;
    readonly grafana: GrafanaEndpoints;
    readonly jaeger: JaegerEndpoints;
    readonly loki: LokiEndpoints;
    readonly prometheus: PrometheusEndpoints;
    readonly shop: ShopEndpoints;
    readonly traceTier: TraceTierEndpoints;
    readonly victoriaLogs: VictoriaLogsEndpoints;
}

export function resolveEndpoints(names: WorkloadNames, settings: StackSettings): StackEndpoints {
    const namespace = settings.namespace.name;
    const basePaths = resolveBasePaths(settings);
    return {
        agent: agentEndpoints(CLUSTER_TELEMETRY_NAMES.agent, settings.clusterTelemetry.namespace),
        alertmanager: alertmanagerEndpoints(names.alertmanager, namespace, settings.alertmanager.replicas),
        collector: collectorEndpoints(names.collector, namespace),
        grafana: grafanaEndpoints(names.grafana, namespace, basePaths.grafana),
        jaeger: jaegerEndpoints(names.jaeger, namespace, basePaths.jaeger),
        loki: lokiEndpoints(names.loki, namespace),
        prometheus: prometheusEndpoints(names.prometheus, namespace, basePaths.prometheus),
        shop: shopEndpoints(names.shop, namespace),
        traceTier: traceTierEndpoints(names.traceTier, namespace),
        victoriaLogs: victoriaLogsEndpoints(names.victoriaLogs, namespace),
    };
}
