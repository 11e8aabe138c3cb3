import type { ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { Signal } from "../../config/types/signal";
import { NODE_IP, SENDER_IP } from "../collector/config/k8s-attributes";
import { COLLECTOR_PORTS, OTLP_PORTS } from "../collector/config/ports";
import { receiverIds, renderReceivers } from "../collector/config/receivers";
import type {
    CollectorConfig,
    Exporters,
    ExtensionId,
    MetricsDisabled,
    Pipeline,
    ProcessorId,
    ProcessorTypes,
    Receivers,
} from "../collector/config/types/collector-config";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import type { ServicePort } from "../kubernetes/workload";
import { AGENT_OTLP_EXPORTER, type CollectorExporterArgs, renderCollectorExporter } from "./collector-exporter";
import { NODE_IP_ENV, NODE_NAME_ENV } from "./names";

/** Where the pods of a node reach the agent of it. */
export interface AgentEndpoints {
    readonly otlpGrpc: Endpoint;
    readonly otlpHttp: Endpoint;
}

export function agentEndpoints(name: string, namespace: string): AgentEndpoints {
    return {
        otlpGrpc: serviceEndpoint(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: serviceEndpoint(name, namespace, COLLECTOR_PORTS.otlpHttp),
    };
}

/** What an agent listens on for applications. */
export const AGENT_OTLP_PORTS: readonly ServicePort[] = [OTLP_PORTS.grpc, OTLP_PORTS.http];

export interface AgentOtlpArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: Pick<ClusterTelemetrySettings, "kubernetesAttributes" | "resources">;
    /** What the Collector takes: clients are told of the rest, as by the Collector itself. */
    readonly signals: readonly Signal[];
}

/** The part of an agent's configuration that is for what applications send to it. */
export interface AgentOtlpConfig {
    readonly receivers: Receivers;
    readonly processors: CollectorConfig["processors"];
    readonly exporters: Exporters;
    readonly pipelines: CollectorConfig<MetricsDisabled>["service"]["pipelines"];
}

const SENDER_ADDRESS = "resource/sender-address" satisfies ProcessorId;

/**
 * Takes what applications send, by the limits of the Collector's plain ports, and passes it on as it is.
 *
 * @param storage Keeps what waits; it is in memory without.
 */
export function renderAgentOtlp(args: AgentOtlpArgs, storage: ExtensionId | undefined): AgentOtlpConfig {
    const { clusterTelemetry, receiver, signals } = args;
    const listener = { receiver, resources: clusterTelemetry.resources };
    const pipeline: Pipeline = {
        receivers: receiverIds(listener),
        processors: ["memory_limiter", SENDER_ADDRESS],
        exporters: [AGENT_OTLP_EXPORTER],
    };
    return {
        receivers: renderReceivers(listener),
        processors: { [SENDER_ADDRESS]: renderSenderAttributes(clusterTelemetry.kubernetesAttributes.enabled) },
        // An application that hears of a full queue sends again; one that hears nothing gives up by itself.
        exporters: { [AGENT_OTLP_EXPORTER]: renderCollectorExporter(args, storage, "reject") },
        pipelines: Object.fromEntries(signals.map((signal) => [`${signal}/applications`, pipeline])),
    };
}

/**
 * Where it comes from. To the Collector all connections are the agent's, so that the agent notes whose they were, where
 * somebody asks: an application that has said so itself knows better.
 */
function renderSenderAttributes(recordsAddress: boolean): ProcessorTypes["resource"] {
    return {
        attributes: [
            { key: "k8s.node.name", value: `\${env:${NODE_NAME_ENV}}`, action: "insert" },
            ...(recordsAddress
                ? ([
                      { key: SENDER_IP, from_context: "client.address", action: "insert" },
                      { key: NODE_IP, value: `\${env:${NODE_IP_ENV}}`, action: "upsert" },
                  ] as const)
                : []),
        ],
    };
}
