import type { types } from "@pulumi/kubernetes";
import { type ClusterSettings, collectsFromCluster } from "../../config/cluster";
import type { NetworkPolicySettings, StackSettings } from "../../config/schema";
import { COLLECTOR_PORTS } from "../collector/ports";
import type { Flow, Outsider } from "../network/flows";
import { ANYWHERE, type Peer, dnsPeers, peersIn } from "../network/peers";
import { selectorOf } from "../shared/labels";
import { KUBELET_PORT } from "./agent-config";
import { CLUSTER_NAMES } from "./names";

/** What collection from the cluster adds to the connections of the stack's own workloads. */
export function clusterFlows(collector: string, { cluster }: Pick<StackSettings, "cluster">): readonly Flow[] {
    const api: Outsider = { name: "the API server", peers: ANYWHERE };
    return [
        ...(collectsFromCluster(cluster)
            ? [
                  {
                      from: collectors(cluster),
                      to: collector,
                      port: COLLECTOR_PORTS.otlpGrpc,
                      why: "telemetry of the cluster",
                  },
              ]
            : []),
        ...(cluster.attributes.enabled
            ? [{ from: collector, to: api, port: cluster.apiServer.port, why: "whose telemetry it is" }]
            : []),
    ];
}

function collectors({ namespace }: ClusterSettings): Outsider {
    return {
        name: "collection from the cluster",
        peers: Object.values(CLUSTER_NAMES).flatMap((name) => podsNamed(name, namespace)),
    };
}

function podsNamed(name: string, namespace: string): Peer[] {
    return peersIn([{ "kubernetes.io/metadata.name": namespace }], selectorOf(name));
}

export interface EgressArgs {
    readonly cluster: ClusterSettings;
    readonly collector: string;
    readonly stackNamespace: string;
    readonly dns: NetworkPolicySettings["dns"];
}

/** All that the pods of the Namespace that collects may do: nobody calls them, and they call few. */
export function collectionPolicy(args: EgressArgs): types.input.networking.v1.NetworkPolicySpec {
    const { cluster, collector, dns, stackNamespace } = args;
    return {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        egress: [
            { to: podsNamed(collector, stackNamespace), ports: [tcp(COLLECTOR_PORTS.otlpGrpc)] },
            {
                to: dnsPeers(dns),
                ports: [{ port: dns.port, protocol: "UDP" }, tcp(dns.port)],
            },
            ...(cluster.kubeletMetrics.enabled ? [{ to: [...ANYWHERE], ports: [tcp(KUBELET_PORT)] }] : []),
            ...(cluster.events.enabled ? [{ to: [...ANYWHERE], ports: [tcp(cluster.apiServer.port)] }] : []),
        ],
    };
}

function tcp(port: number): types.input.networking.v1.NetworkPolicyPort {
    return { port, protocol: "TCP" };
}
