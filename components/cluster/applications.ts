import type { ClusterSettings } from "../../config/cluster";
import type { Signal } from "../../config/signals";
import { NODE_IP, SENDER_IP } from "../collector/k8s-attributes";
import { COLLECTOR_PORTS, PLAIN_OTLP } from "../collector/ports";
import { receiverIds, receiversOf } from "../collector/receivers";
import type {
    CollectorConfig,
    Exporters,
    ExtensionId,
    NoMetrics,
    Pipeline,
    ProcessorId,
    ProcessorTypes,
    Receivers,
} from "../collector/types";
import { type Endpoint, endpointOf } from "../shared/endpoint";
import type { ServicePort } from "../shared/workload";
import { APPLICATIONS_TO_COLLECTOR, type ExporterArgs, toCollector } from "./exporter";
import { NODE_ADDRESS, NODE_NAME } from "./names";

/** Where the pods of a node reach the agent of it. */
export interface AgentEndpoints {
    readonly otlpGrpc: Endpoint;
    readonly otlpHttp: Endpoint;
}

export function agentEndpoints(name: string, namespace: string): AgentEndpoints {
    return {
        otlpGrpc: endpointOf(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: endpointOf(name, namespace, COLLECTOR_PORTS.otlpHttp),
    };
}

/** What an agent listens on for applications. */
export const APPLICATION_PORTS: readonly ServicePort[] = [PLAIN_OTLP.grpc, PLAIN_OTLP.http];

export interface ApplicationsArgs extends ExporterArgs {
    readonly cluster: Pick<ClusterSettings, "attributes" | "resources">;
    /** What the Collector takes: clients are told of the rest, as by the Collector itself. */
    readonly signals: readonly Signal[];
}

/** The part of an agent's configuration that is for what applications send to it. */
export interface FromApplications {
    readonly receivers: Receivers;
    readonly processors: CollectorConfig["processors"];
    readonly exporters: Exporters;
    readonly pipelines: CollectorConfig<NoMetrics>["service"]["pipelines"];
}

const SENDER = "resource/sender" satisfies ProcessorId;

/**
 * Takes what applications send, by the limits of the Collector's plain ports, and passes it on as it is.
 *
 * @param storage Keeps what waits; it is in memory without.
 */
export function fromApplications(args: ApplicationsArgs, storage: ExtensionId | undefined): FromApplications {
    const { cluster, receiver, signals } = args;
    const listener = { receiver, resources: cluster.resources };
    const pipeline: Pipeline = {
        receivers: receiverIds(listener),
        processors: ["memory_limiter", SENDER],
        exporters: [APPLICATIONS_TO_COLLECTOR],
    };
    return {
        receivers: receiversOf(listener),
        processors: { [SENDER]: sender(cluster.attributes.enabled) },
        // An application that hears of a full queue sends again; one that hears nothing gives up by itself.
        exporters: { [APPLICATIONS_TO_COLLECTOR]: toCollector(args, storage, "refuse") },
        pipelines: Object.fromEntries(signals.map((signal) => [`${signal}/applications`, pipeline])),
    };
}

/**
 * Where it comes from. To the Collector all connections are the agent's, so that the agent notes whose they were, where
 * somebody asks: an application that has said so itself knows better.
 */
function sender(asked: boolean): ProcessorTypes["resource"] {
    return {
        attributes: [
            { key: "k8s.node.name", value: `\${env:${NODE_NAME}}`, action: "insert" },
            ...(asked
                ? ([
                      { key: SENDER_IP, from_context: "client.address", action: "insert" },
                      { key: NODE_IP, value: `\${env:${NODE_ADDRESS}}`, action: "upsert" },
                  ] as const)
                : []),
        ],
    };
}
