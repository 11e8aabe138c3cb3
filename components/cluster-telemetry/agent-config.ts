import type { ClusterTelemetryPlan, ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { Signal } from "../../config/types/signal";
import { validateGraph } from "../collector/config/validate-graph";
import { renderMemoryLimiter } from "../collector/config/memory-limiter";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import type {
    CollectorConfig,
    MetricsDisabled,
    ProcessorId,
    ProcessorTypes,
    ReceiverId,
    Receivers,
} from "../collector/config/types/collector-config";
import type { ExtensionId } from "../collector/config/types/extensions";
import { goDuration } from "../telemetry/go-duration";
import { bindAll } from "../kubernetes/endpoint";
import { renderAgentOtlp } from "./agent-otlp";
import { type CollectorExporterArgs, COLLECTOR_EXPORTER, renderCollectorExporter } from "./collector-exporter";
import { NODE_IP_ENV, NODE_NAME_ENV } from "./names";
import { CHECKPOINT_STORAGE, renderCheckpointStorage, renderPodLogsReceiver } from "./pod-logs";

export interface AgentConfigArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: ClusterTelemetrySettings;
    /** Namespaces whose pod logs are never read, whatever the settings say. */
    readonly ownNamespaces: readonly string[];
    readonly plan: Pick<ClusterTelemetryPlan, "collectsNodeMetrics" | "storesOnNodes">;
    /** The signals that the Collector accepts. */
    readonly signals: readonly Signal[];
}

export const KUBELET_PORT = 10250;

const SET_NODE_NAME = "resource/k8s-node" satisfies ProcessorId;
const SET_SERVICE_NAME = "resource/log-service-name" satisfies ProcessorId;

/** Renders the configuration file of the agent that runs on each node. Pure, so tests can call it without Pulumi. */
export function renderAgentConfig(args: AgentConfigArgs): CollectorConfig<MetricsDisabled> {
    const { clusterTelemetry, plan } = args;
    const readsPodLogs = clusterTelemetry.podLogs.enabled;
    const collectsMetrics = plan.collectsNodeMetrics;
    const storage: ExtensionId | undefined = plan.storesOnNodes ? CHECKPOINT_STORAGE : undefined;
    const agentOtlp = clusterTelemetry.agentOtlp.enabled ? renderAgentOtlp(args, storage) : undefined;
    const config: CollectorConfig<MetricsDisabled> = {
        extensions: {
            health_check: { endpoint: bindAll(COLLECTOR_PORTS.health) },
            ...(storage === undefined ? {} : { [storage]: renderCheckpointStorage() }),
        },
        receivers: {
            ...(readsPodLogs
                ? renderPodLogsReceiver([...args.ownNamespaces, ...clusterTelemetry.podLogs.excludeNamespaces])
                : {}),
            ...renderMetricReceivers(clusterTelemetry),
            ...agentOtlp?.receivers,
        },
        processors: {
            memory_limiter: renderMemoryLimiter(clusterTelemetry.resources),
            ...(readsPodLogs || collectsMetrics ? { [SET_NODE_NAME]: setNodeName() } : {}),
            ...(readsPodLogs ? { [SET_SERVICE_NAME]: setServiceName() } : {}),
            ...agentOtlp?.processors,
        },
        exporters: {
            ...(readsPodLogs || collectsMetrics
                ? { [COLLECTOR_EXPORTER]: renderCollectorExporter(args, storage, "wait") }
                : {}),
            ...agentOtlp?.exporters,
        },
        connectors: {},
        service: {
            extensions: ["health_check", ...(storage === undefined ? [] : [storage])],
            // Nothing scrapes the agent.
            telemetry: { metrics: { level: "none" } },
            pipelines: {
                ...(readsPodLogs
                    ? {
                          logs: {
                              receivers: ["file_log"],
                              processors: ["memory_limiter", SET_NODE_NAME, SET_SERVICE_NAME],
                              exporters: [COLLECTOR_EXPORTER],
                          },
                      }
                    : {}),
                ...(collectsMetrics
                    ? {
                          metrics: {
                              receivers: Object.keys(renderMetricReceivers(clusterTelemetry)) as ReceiverId[],
                              processors: ["memory_limiter", SET_NODE_NAME],
                              exporters: [COLLECTOR_EXPORTER],
                          },
                      }
                    : {}),
                ...agentOtlp?.pipelines,
            },
        },
    };
    validateGraph(config);
    return config;
}

function renderMetricReceivers({ hostMetrics, kubeletMetrics }: ClusterTelemetrySettings): Receivers {
    return {
        ...(kubeletMetrics.enabled
            ? {
                  kubelet_stats: {
                      auth_type: "serviceAccount",
                      collection_interval: goDuration(kubeletMetrics.interval),
                      endpoint: renderKubeletEndpoint(kubeletMetrics),
                      insecure_skip_verify: !kubeletMetrics.verifyCertificate,
                      metric_groups: ["node", "pod", "container", "volume"],
                  },
              }
            : {}),
        ...(hostMetrics.enabled
            ? {
                  host_metrics: {
                      collection_interval: goDuration(hostMetrics.interval),
                      // Only scrapers that read the container's own /proc. The others need a volume of the node; the
                      // kubelet reports the same data.
                      scrapers: { cpu: {}, disk: {}, load: {}, memory: {}, paging: {} },
                  },
              }
            : {}),
    };
}

/** URLs have brackets around IPv6 addresses, and must not have them around others. */
function renderKubeletEndpoint({ ipFamily }: ClusterTelemetrySettings["kubeletMetrics"]): string {
    const address = `\${env:${NODE_IP_ENV}}`;
    return `${ipFamily === "IPv6" ? `[${address}]` : address}:${KUBELET_PORT}`;
}

function setNodeName(): ProcessorTypes["resource"] {
    return { attributes: [{ key: "k8s.node.name", value: `\${env:${NODE_NAME_ENV}}`, action: "upsert" }] };
}

/** Loki needs the service name to separate streams. A pod without a service name gets the container's name. */
function setServiceName(): ProcessorTypes["resource"] {
    return { attributes: [{ key: "service.name", from_attribute: "k8s.container.name", action: "insert" }] };
}
