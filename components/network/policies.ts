import type { types } from "@pulumi/kubernetes";
import { STACK_LABELS, selectorOf } from "../shared/labels";
import type { Flow, Party } from "./flows";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

export interface Policy {
    readonly name: string;
    /** The flows that it lets through, for people to read. */
    readonly description: string;
    readonly spec: PolicySpec;
}

const BOTH_WAYS = ["Ingress", "Egress"];

/** One policy for each workload in those flows, which lets them through and nothing else of that workload's. */
export function allowances(flows: readonly Flow[]): readonly Policy[] {
    const workloads = new Set(flows.flatMap(({ from, to }) => [from, to]).filter((party) => typeof party === "string"));
    return [...workloads].sort().map((name) => allowance(name, flows));
}

/**
 * Denies every connection that no other policy allows.
 *
 * @param wholeNamespace Whether to pods that are none of the stack's too.
 */
export function denial(wholeNamespace: boolean): Policy {
    return {
        name: "otel-stack-default-deny",
        description: "Nothing, in or out, but what the other policies allow.",
        spec: {
            podSelector: wholeNamespace
                ? {}
                : { matchLabels: { "app.kubernetes.io/part-of": STACK_LABELS["app.kubernetes.io/part-of"] } },
            policyTypes: BOTH_WAYS,
        },
    };
}

function allowance(name: string, flows: readonly Flow[]): Policy {
    const incoming = flows.filter(({ to }) => to === name);
    const outgoing = flows.filter(({ from }) => from === name);
    const ingress = byParty(incoming, "from").map(([party, ports]) => ({ from: peersOf(party), ports }));
    const egress = byParty(outgoing, "to").map(([party, ports]) => ({ to: peersOf(party), ports }));
    return {
        name,
        description: [...incoming, ...outgoing].map(inWords).join("\n"),
        spec: {
            podSelector: { matchLabels: selectorOf(name) },
            policyTypes: BOTH_WAYS,
            ...(ingress.length > 0 ? { ingress } : {}),
            ...(egress.length > 0 ? { egress } : {}),
        },
    };
}

type Ports = types.input.networking.v1.NetworkPolicyPort[];

/** The ports of each party at the other end. */
function byParty(flows: readonly Flow[], end: "from" | "to"): readonly (readonly [Party, Ports])[] {
    const parties = new Set(flows.map((flow) => flow[end]));
    return [...parties].map((party) => [party, flows.filter((flow) => flow[end] === party).flatMap(portsOf)]);
}

function portsOf({ port, protocols = ["TCP"] }: Flow): Ports {
    return protocols.map((protocol) => ({ port, protocol }));
}

function peersOf(party: Party): types.input.networking.v1.NetworkPolicyPeer[] {
    if (typeof party === "string") {
        return [{ podSelector: { matchLabels: selectorOf(party) } }];
    }
    if (party.peers.length === 0) {
        throw new Error(`the flows name no peers for ${party.name}, which to a NetworkPolicy means everybody`);
    }
    return [...party.peers];
}

function inWords({ from, to, port, why }: Flow): string {
    return `${nameOf(from)} -> ${nameOf(to)} ${port}: ${why}`;
}

export function nameOf(party: Party): string {
    return typeof party === "string" ? party : party.name;
}
