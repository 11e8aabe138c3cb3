import type { ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { Plan } from "../../config/model/plan";
import type { StackSettings } from "../../config/schema/schema";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { dnsFlows } from "../network-policies/dns-flows";
import type { Flow, ExternalPeer } from "../network-policies/flow";
import { ANY_ADDRESS, type Peer, namespacePeers } from "../network-policies/peers";
import { selectorFor } from "../kubernetes/labels";
import { KUBELET_PORT } from "./agent-config";
import { AGENT_OTLP_PORTS } from "./agent-otlp";
import { CLUSTER_TELEMETRY_NAMES } from "./names";

const API_SERVER: ExternalPeer = { name: "the API server", peers: ANY_ADDRESS };
/** Agents use the unauthenticated ports, also when other clients have to authenticate. */
const stackNamespacePeer = (namespace: string): ExternalPeer => ({
    name: "the stack's Namespace",
    peers: namespacePeers([{ "kubernetes.io/metadata.name": namespace }]),
});
const KUBELETS: ExternalPeer = { name: "the kubelets", peers: ANY_ADDRESS };

/** The connections that cluster telemetry adds to those of the stack's own workloads. */
export function clusterTelemetryFlows(collector: string, plan: Plan): readonly Flow[] {
    const { clusterTelemetry, networkPolicies } = plan.settings;
    return [
        ...(plan.clusterTelemetry.enabled
            ? [
                  {
                      from: clusterTelemetryPeer(clusterTelemetry),
                      to: collector,
                      port: COLLECTOR_PORTS.otlpGrpc,
                      purpose: "cluster telemetry",
                  },
              ]
            : []),
        ...(clusterTelemetry.kubernetesAttributes.enabled
            ? [
                  {
                      from: collector,
                      to: API_SERVER,
                      port: networkPolicies.apiServerPort,
                      purpose: "pod metadata",
                  },
              ]
            : []),
    ];
}

function clusterTelemetryPeer({ namespace }: ClusterTelemetrySettings): ExternalPeer {
    return {
        name: "cluster telemetry",
        peers: Object.values(CLUSTER_TELEMETRY_NAMES).flatMap((name) => podPeers(name, namespace)),
    };
}

function podPeers(name: string, namespace: string): Peer[] {
    return namespacePeers([{ "kubernetes.io/metadata.name": namespace }], selectorFor(name));
}

/** All connections of the pods in the Namespace of cluster telemetry. */
export function agentFlows(collector: string, plan: Plan): readonly Flow[] {
    const { clusterTelemetry, namespace, networkPolicies } = plan.settings;
    const { agent, events } = CLUSTER_TELEMETRY_NAMES;
    const to: ExternalPeer = { name: collector, peers: podPeers(collector, namespace.name) };
    const senders = [
        ...(plan.clusterTelemetry.runsAgent ? [agent] : []),
        ...(clusterTelemetry.kubernetesEvents.enabled ? [events] : []),
    ];
    const flows: readonly Flow[] = [
        ...senders.map((from) => ({ from, to, port: COLLECTOR_PORTS.otlpGrpc, purpose: "cluster telemetry" })),
        ...(clusterTelemetry.kubeletMetrics.enabled
            ? [{ from: agent, to: KUBELETS, port: KUBELET_PORT, purpose: "kubelet metrics" }]
            : []),
        ...(clusterTelemetry.kubernetesEvents.enabled
            ? [{ from: events, to: API_SERVER, port: networkPolicies.apiServerPort, purpose: "events" }]
            : []),
    ];
    return [
        ...flows,
        ...(clusterTelemetry.agentOtlp.enabled ? agentOtlpFlows(plan.settings) : []),
        ...dnsFlows(flows, networkPolicies),
    ];
}

/** The clients that may send to the Collector's unauthenticated ports may send to an agent's. */
function agentOtlpFlows({
    secureOtlp,
    namespace,
    networkPolicies: { allowOtlpFrom },
}: Pick<StackSettings, "secureOtlp" | "namespace" | "networkPolicies">): readonly Flow[] {
    const otherNamespaces: ExternalPeer = { name: "senders", peers: namespacePeers(allowOtlpFrom) };
    return [
        stackNamespacePeer(namespace.name),
        ...(secureOtlp.enabled || allowOtlpFrom.length === 0 ? [] : [otherNamespaces]),
    ].flatMap((from) =>
        AGENT_OTLP_PORTS.map(({ port }) => ({ from, to: CLUSTER_TELEMETRY_NAMES.agent, port, purpose: "OTLP" })),
    );
}
