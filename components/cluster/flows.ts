import { type ClusterSettings, collectsFromCluster, hasAgent } from "../../config/cluster";
import type { StackSettings } from "../../config/schema";
import { COLLECTOR_PORTS } from "../collector/ports";
import { flowsToDns } from "../network/dns";
import type { Flow, Outsider } from "../network/flows";
import { ANYWHERE, type Peer, peersIn } from "../network/peers";
import { selectorOf } from "../shared/labels";
import { KUBELET_PORT } from "./agent-config";
import { APPLICATION_PORTS } from "./applications";
import { CLUSTER_NAMES } from "./names";

const API: Outsider = { name: "the API server", peers: ANYWHERE };
/** The ports that ask nobody for credentials are theirs, whether or not others have to show some. */
const own = (namespace: string): Outsider => ({
    name: "the stack's Namespace",
    peers: peersIn([{ "kubernetes.io/metadata.name": namespace }]),
});
const KUBELETS: Outsider = { name: "the kubelets", peers: ANYWHERE };

/** What collection from the cluster adds to the connections of the stack's own workloads. */
export function clusterFlows(collector: string, { cluster }: Pick<StackSettings, "cluster">): readonly Flow[] {
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
            ? [{ from: collector, to: API, port: cluster.apiServer.port, why: "whose telemetry it is" }]
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

/** All that the pods of the Namespace that collects do: applications alone call them, and they call few. */
export function collectionFlows(
    collector: string,
    settings: Pick<StackSettings, "cluster" | "guard" | "namespace" | "networkPolicies">,
): readonly Flow[] {
    const { cluster, namespace, networkPolicies } = settings;
    const { agent, events } = CLUSTER_NAMES;
    const to: Outsider = { name: collector, peers: podsNamed(collector, namespace.name) };
    const senders = [...(hasAgent(cluster) ? [agent] : []), ...(cluster.events.enabled ? [events] : [])];
    const flows: readonly Flow[] = [
        ...senders.map((from) => ({ from, to, port: COLLECTOR_PORTS.otlpGrpc, why: "telemetry of the cluster" })),
        ...(cluster.kubeletMetrics.enabled
            ? [{ from: agent, to: KUBELETS, port: KUBELET_PORT, why: "what pods and nodes use" }]
            : []),
        ...(cluster.events.enabled ? [{ from: events, to: API, port: cluster.apiServer.port, why: "events" }] : []),
    ];
    return [
        ...flows,
        ...(cluster.otlp.enabled ? flowsOfApplications(settings) : []),
        ...flowsToDns(flows, networkPolicies),
    ];
}

/** Who may send to the Collector's plain ports may send to an agent's. */
function flowsOfApplications({
    guard,
    namespace,
    networkPolicies: { senders },
}: Pick<StackSettings, "guard" | "namespace" | "networkPolicies">): readonly Flow[] {
    const others: Outsider = { name: "senders", peers: peersIn(senders) };
    return [own(namespace.name), ...(guard.enabled || senders.length === 0 ? [] : [others])].flatMap((from) =>
        APPLICATION_PORTS.map(({ port }) => ({ from, to: CLUSTER_NAMES.agent, port, why: "OTLP" })),
    );
}
