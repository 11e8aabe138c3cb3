import { type ClusterSettings, measuresCluster } from "../../config/cluster";
import { assertComplete } from "../collector/graph";
import { memoryLimiter } from "../collector/memory-limiter";
import { COLLECTOR_PORTS } from "../collector/ports";
import type {
    CollectorConfig,
    NoMetrics,
    ProcessorId,
    ProcessorTypes,
    ReceiverId,
    Receivers,
} from "../collector/types";
import { goDuration } from "../shared/duration";
import { everywhere } from "../shared/endpoint";
import { type ExporterArgs, TO_COLLECTOR, toCollector } from "./exporter";
import { CHECKPOINTS, checkpoints, podLogs } from "./pod-logs";

export interface AgentConfigArgs extends ExporterArgs {
    readonly cluster: ClusterSettings;
    /** Namespaces whose pods' logs are left alone whatever the settings say. */
    readonly ownNamespaces: readonly string[];
}

/** Variables of the container: the kubelet fills them in. */
export const NODE_NAME = "NODE_NAME";
export const NODE_ADDRESS = "NODE_ADDRESS";
export const KUBELET_PORT = 10250;

const ON_NODE = "resource/node" satisfies ProcessorId;
const NAMED = "resource/logs" satisfies ProcessorId;

/** The configuration file of the agent that runs on each node. Pure, so that a test can read it without Pulumi. */
export function agentConfig(args: AgentConfigArgs): CollectorConfig<NoMetrics> {
    const { cluster } = args;
    const reads = cluster.podLogs.enabled;
    const measures = measuresCluster(cluster);
    const config: CollectorConfig<NoMetrics> = {
        extensions: {
            health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) },
            ...(reads ? { [CHECKPOINTS]: checkpoints() } : {}),
        },
        receivers: {
            ...(reads ? podLogs([...args.ownNamespaces, ...cluster.podLogs.excludeNamespaces]) : {}),
            ...metricReceivers(cluster),
        },
        processors: {
            memory_limiter: memoryLimiter(cluster.resources),
            [ON_NODE]: onNode(),
            ...(reads ? { [NAMED]: named() } : {}),
        },
        exporters: { [TO_COLLECTOR]: toCollector(args, reads ? CHECKPOINTS : undefined) },
        connectors: {},
        service: {
            extensions: ["health_check", ...(reads ? ([CHECKPOINTS] as const) : [])],
            // Nobody scrapes it.
            telemetry: { metrics: { level: "none" } },
            pipelines: {
                ...(reads
                    ? {
                          logs: {
                              receivers: ["file_log"],
                              processors: ["memory_limiter", ON_NODE, NAMED],
                              exporters: [TO_COLLECTOR],
                          },
                      }
                    : {}),
                ...(measures
                    ? {
                          metrics: {
                              receivers: Object.keys(metricReceivers(cluster)) as ReceiverId[],
                              processors: ["memory_limiter", ON_NODE],
                              exporters: [TO_COLLECTOR],
                          },
                      }
                    : {}),
            },
        },
    };
    assertComplete(config);
    return config;
}

function metricReceivers({ hostMetrics, kubeletMetrics }: ClusterSettings): Receivers {
    return {
        ...(kubeletMetrics.enabled
            ? {
                  kubelet_stats: {
                      auth_type: "serviceAccount",
                      collection_interval: goDuration(kubeletMetrics.interval),
                      endpoint: `\${env:${NODE_ADDRESS}}:${KUBELET_PORT}`,
                      insecure_skip_verify: !kubeletMetrics.verifyCertificate,
                      metric_groups: ["node", "pod", "container", "volume"],
                  },
              }
            : {}),
        ...(hostMetrics.enabled
            ? {
                  host_metrics: {
                      collection_interval: goDuration(hostMetrics.interval),
                      // What a container's own /proc says of the node. What would take a volume of the node is left to the kubelet.
                      scrapers: { cpu: {}, disk: {}, load: {}, memory: {}, paging: {} },
                  },
              }
            : {}),
    };
}

function onNode(): ProcessorTypes["resource"] {
    return { attributes: [{ key: "k8s.node.name", value: `\${env:${NODE_NAME}}`, action: "upsert" }] };
}

/** Loki's streams are told apart by the service: of a pod that nobody has named, the container. */
function named(): ProcessorTypes["resource"] {
    return { attributes: [{ key: "service.name", from_attribute: "k8s.container.name", action: "insert" }] };
}
