import type { types } from "@pulumi/kubernetes";
import { type ClusterSettings, collectsFromCluster } from "../../config/cluster";
import type { NetworkPolicySettings, StackSettings } from "../../config/schema";
import { COLLECTOR_PORTS } from "../collector/ports";
import type { Flow, Outsider, Peer } from "../network/flows";
import { selectorOf } from "../shared/labels";
import { KUBELET_PORT } from "./agent-config";
import { CLUSTER_NAMES } from "./names";

/** Nodes and the API server have addresses that nobody knows before. */
const ANYWHERE: readonly Peer[] = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];

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
        peers: Object.values(CLUSTER_NAMES).map((name) => podsNamed(name, namespace)),
    };
}

function podsNamed(name: string, namespace: string): Peer {
    return {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: { matchLabels: selectorOf(name) },
    };
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
            { to: [podsNamed(collector, stackNamespace)], ports: [tcp(COLLECTOR_PORTS.otlpGrpc)] },
            {
                to: [
                    { namespaceSelector: { matchLabels: dns.namespace }, podSelector: { matchLabels: dns.pods } },
                    ...dns.cidrs.map((cidr) => ({ ipBlock: { cidr } })),
                ],
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
