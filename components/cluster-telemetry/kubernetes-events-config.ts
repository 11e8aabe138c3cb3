import type { ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import { validateGraph } from "../collector/config/validate-graph";
import { renderMemoryLimiter } from "../collector/config/memory-limiter";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import type { CollectorConfig, MetricsDisabled, ProcessorId } from "../collector/config/types/collector-config";
import { bindAll } from "../kubernetes/endpoint";
import { type CollectorExporterArgs, COLLECTOR_EXPORTER, renderCollectorExporter } from "./collector-exporter";

export interface KubernetesEventsConfigArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: Pick<ClusterTelemetrySettings, "resources">;
}

/** The `service.name` of the records that hold events. */
const EVENTS_SERVICE = "kubernetes-events";

const SET_SERVICE_NAME = "resource/event-service-name" satisfies ProcessorId;

/** Renders the configuration file of the pod that collects Kubernetes events. */
export function renderKubernetesEventsConfig(args: KubernetesEventsConfigArgs): CollectorConfig<MetricsDisabled> {
    const config: CollectorConfig<MetricsDisabled> = {
        extensions: { health_check: { endpoint: bindAll(COLLECTOR_PORTS.health) } },
        receivers: { k8s_events: { auth_type: "serviceAccount" } },
        processors: {
            memory_limiter: renderMemoryLimiter(args.clusterTelemetry.resources),
            [SET_SERVICE_NAME]: { attributes: [{ key: "service.name", value: EVENTS_SERVICE, action: "insert" }] },
        },
        exporters: { [COLLECTOR_EXPORTER]: renderCollectorExporter(args, undefined, "wait") },
        connectors: {},
        service: {
            extensions: ["health_check"],
            telemetry: { metrics: { level: "none" } },
            pipelines: {
                logs: {
                    receivers: ["k8s_events"],
                    processors: ["memory_limiter", SET_SERVICE_NAME],
                    exporters: [COLLECTOR_EXPORTER],
                },
            },
        },
    };
    validateGraph(config);
    return config;
}
