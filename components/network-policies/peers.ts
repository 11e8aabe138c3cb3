import type { LabelSet } from "../../config/types/labels";
import type { NetworkPolicySettings } from "../../config/schema/schema";

/** A peer of a NetworkPolicy: pods of other Namespaces, or addresses. */
export type Peer =
    | { readonly namespaceSelector: Selector; readonly podSelector?: Selector }
    | { readonly ipBlock: { readonly cidr: string } };

interface Selector {
    readonly matchLabels: LabelSet;
}

/** Any address, for hostnames and unknown addresses. A NetworkPolicy cannot contain hostnames. */
export const ANY_ADDRESS: readonly Peer[] = cidrPeers(["0.0.0.0/0", "::/0"]);

export function cidrPeers(cidrs: readonly string[]): Peer[] {
    return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

/** Pods in the Namespaces that match any of the label sets. */
export function namespacePeers(namespaces: readonly LabelSet[], pods?: LabelSet): Peer[] {
    return namespaces.map((matchLabels) => ({
        namespaceSelector: { matchLabels },
        ...(pods === undefined ? {} : { podSelector: { matchLabels: pods } }),
    }));
}

/** The DNS servers. */
export function dnsPeers({ cidrs, namespace, pods }: NetworkPolicySettings["dns"]): Peer[] {
    return [...namespacePeers([namespace], pods), ...cidrPeers(cidrs)];
}
