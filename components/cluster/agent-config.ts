import { type ClusterSettings, measuresCluster } from "../../config/cluster";
import type { Signal } from "../../config/signals";
import { assertComplete } from "../collector/graph";
import { memoryLimiter } from "../collector/memory-limiter";
import { COLLECTOR_PORTS } from "../collector/ports";
import type {
    CollectorConfig,
    ExtensionId,
    NoMetrics,
    ProcessorId,
    ProcessorTypes,
    ReceiverId,
    Receivers,
} from "../collector/types";
import { goDuration } from "../shared/duration";
import { everywhere } from "../shared/endpoint";
import { fromApplications } from "./applications";
import { type ExporterArgs, TO_COLLECTOR, toCollector } from "./exporter";
import { NODE_ADDRESS, NODE_NAME } from "./names";
import { CHECKPOINTS, checkpoints, podLogs } from "./pod-logs";

export interface AgentConfigArgs extends ExporterArgs {
    readonly cluster: ClusterSettings;
    /** Namespaces whose pods' logs are left alone whatever the settings say. */
    readonly ownNamespaces: readonly string[];
    /** Whether what waits stands in a folder of the node. */
    readonly keepsOnNode: boolean;
    /** What the Collector takes. */
    readonly signals: readonly Signal[];
}

export const KUBELET_PORT = 10250;

const ON_NODE = "resource/node" satisfies ProcessorId;
const NAMED = "resource/logs" satisfies ProcessorId;

/** The configuration file of the agent that runs on each node. Pure, so that a test can read it without Pulumi. */
export function agentConfig(args: AgentConfigArgs): CollectorConfig<NoMetrics> {
    const { cluster } = args;
    const reads = cluster.podLogs.enabled;
    const measures = measuresCluster(cluster);
    const storage: ExtensionId | undefined = args.keepsOnNode ? CHECKPOINTS : undefined;
    const sent = cluster.otlp.enabled ? fromApplications(args, storage) : undefined;
    const config: CollectorConfig<NoMetrics> = {
        extensions: {
            health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) },
            ...(storage === undefined ? {} : { [storage]: checkpoints() }),
        },
        receivers: {
            ...(reads ? podLogs([...args.ownNamespaces, ...cluster.podLogs.excludeNamespaces]) : {}),
            ...metricReceivers(cluster),
            ...sent?.receivers,
        },
        processors: {
            memory_limiter: memoryLimiter(cluster.resources),
            ...(reads || measures ? { [ON_NODE]: onNode() } : {}),
            ...(reads ? { [NAMED]: named() } : {}),
            ...sent?.processors,
        },
        exporters: {
            ...(reads || measures ? { [TO_COLLECTOR]: toCollector(args, storage, "wait") } : {}),
            ...sent?.exporters,
        },
        connectors: {},
        service: {
            extensions: ["health_check", ...(storage === undefined ? [] : [storage])],
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
                ...sent?.pipelines,
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
