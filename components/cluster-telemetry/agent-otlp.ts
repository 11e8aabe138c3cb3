import type { ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { Signal } from "../../config/types/signal";
import { NODE_IP, SENDER_IP } from "../collector/config/k8s-attributes";
import { COLLECTOR_PORTS, OTLP_PORTS } from "../collector/config/ports";
import { receiverIds, renderReceivers } from "../collector/config/receivers";
import type {
    CollectorConfig,
    Exporters,
    MetricsDisabled,
    Pipeline,
    ProcessorId,
    ProcessorTypes,
    Receivers,
} from "../collector/config/types/collector-config";
import type { ExtensionId } from "../collector/config/types/extensions";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import type { ServicePort } from "../kubernetes/service";
import { AGENT_OTLP_EXPORTER, type CollectorExporterArgs, renderCollectorExporter } from "./collector-exporter";
import { NODE_IP_ENV, NODE_NAME_ENV } from "./names";

/** Addresses of the agent on the same node. */
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

/** The ports on which an agent accepts OTLP from applications. */
export const AGENT_OTLP_PORTS: readonly ServicePort[] = [OTLP_PORTS.grpc, OTLP_PORTS.http];

export interface AgentOtlpArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: Pick<ClusterTelemetrySettings, "kubernetesAttributes" | "resources">;
    /** The signals that the Collector accepts. The agent rejects the others, as the Collector does. */
    readonly signals: readonly Signal[];
}

/** The part of an agent's configuration that serves OTLP from applications. */
export interface AgentOtlpConfig {
    readonly receivers: Receivers;
    readonly processors: CollectorConfig["processors"];
    readonly exporters: Exporters;
    readonly pipelines: CollectorConfig<MetricsDisabled>["service"]["pipelines"];
}

const SENDER_ADDRESS = "resource/sender-address" satisfies ProcessorId;

/**
 * Receives OTLP from applications with the limits of the Collector's unauthenticated ports, and forwards it unchanged.
 *
 * @param storage The extension that stores the queue. Undefined uses memory.
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
        // Rejects instead of blocking: a client that gets an error retries. A client that gets no response times out
        // and drops the data.
        exporters: { [AGENT_OTLP_EXPORTER]: renderCollectorExporter(args, storage, "reject") },
        pipelines: Object.fromEntries(signals.map((signal) => [`${signal}/applications`, pipeline])),
    };
}

/**
 * Records the address of the sender. The Collector sees only the agent's connections, so the agent adds the sender's
 * address when the Collector resolves pods. An attribute that the application has set takes precedence.
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
