import type { LabelSet } from "../../config/types/values";
import type { NetworkPolicySettings } from "../../config/schema/schema";

/** Pods of other Namespaces, or addresses, as a NetworkPolicy says it. */
export type Peer =
    | { readonly namespaceSelector: Selector; readonly podSelector?: Selector }
    | { readonly ipBlock: { readonly cidr: string } };

interface Selector {
    readonly matchLabels: LabelSet;
}

/** Any address: of what nobody knows before, and of a name, as a policy knows none. */
export const ANY_ADDRESS: readonly Peer[] = cidrPeers(["0.0.0.0/0", "::/0"]);

export function cidrPeers(cidrs: readonly string[]): Peer[] {
    return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

/** The pods of the Namespaces with one of those sets of labels. */
export function namespacePeers(namespaces: readonly LabelSet[], pods?: LabelSet): Peer[] {
    return namespaces.map((matchLabels) => ({
        namespaceSelector: { matchLabels },
        ...(pods === undefined ? {} : { podSelector: { matchLabels: pods } }),
    }));
}

/** Who answers what address a name has. */
export function dnsPeers({ cidrs, namespace, pods }: NetworkPolicySettings["dns"]): Peer[] {
    return [...namespacePeers([namespace], pods), ...cidrPeers(cidrs)];
}
