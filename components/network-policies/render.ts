import type { types } from "@pulumi/kubernetes";
import { STACK_LABELS, selectorFor } from "../kubernetes/labels";
import type { Flow, FlowEndpoint } from "./flow";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

export interface Policy {
    readonly name: string;
    /** The allowed connections as text. */
    readonly description: string;
    readonly spec: PolicySpec;
}

const POLICY_TYPES = ["Ingress", "Egress"];

/** Renders a policy for each workload, which allows only the flows of that workload. */
export function renderAllowPolicies(flows: readonly Flow[]): readonly Policy[] {
    const workloads = new Set(flows.flatMap(({ from, to }) => [from, to]).filter((party) => typeof party === "string"));
    return [...workloads].sort().map((name) => renderAllowPolicy(name, flows));
}

/**
 * Denies all connections that no other policy allows.
 *
 * @param ownsNamespace Whether it also applies to pods outside the stack.
 */
export function renderDenyAllPolicy(ownsNamespace: boolean): Policy {
    return {
        name: "otel-stack-default-deny",
        description: "Nothing, in or out, but what the other policies allow.",
        spec: {
            podSelector: ownsNamespace
                ? {}
                : { matchLabels: { "app.kubernetes.io/part-of": STACK_LABELS["app.kubernetes.io/part-of"] } },
            policyTypes: POLICY_TYPES,
        },
    };
}

function renderAllowPolicy(name: string, flows: readonly Flow[]): Policy {
    const incoming = flows.filter(({ to }) => to === name);
    const outgoing = flows.filter(({ from }) => from === name);
    const ingress = groupByEndpoint(incoming, "from").map(([party, ports]) => ({ from: renderPeers(party), ports }));
    const egress = groupByEndpoint(outgoing, "to").map(([party, ports]) => ({ to: renderPeers(party), ports }));
    return {
        name,
        description: [...incoming, ...outgoing].map(describeFlow).join("\n"),
        spec: {
            podSelector: { matchLabels: selectorFor(name) },
            policyTypes: POLICY_TYPES,
            ...(ingress.length > 0 ? { ingress } : {}),
            ...(egress.length > 0 ? { egress } : {}),
        },
    };
}

type Ports = types.input.networking.v1.NetworkPolicyPort[];

/** Groups ports by the endpoint on the other side. */
function groupByEndpoint(flows: readonly Flow[], end: "from" | "to"): readonly (readonly [FlowEndpoint, Ports])[] {
    const parties = new Set(flows.map((flow) => flow[end]));
    return [...parties].map((party) => [party, flows.filter((flow) => flow[end] === party).flatMap(renderPorts)]);
}

function renderPorts({ port, protocols = ["TCP"] }: Flow): Ports {
    return protocols.map((protocol) => ({ port, protocol }));
}

function renderPeers(endpoint: FlowEndpoint): types.input.networking.v1.NetworkPolicyPeer[] {
    if (typeof endpoint === "string") {
        return [{ podSelector: { matchLabels: selectorFor(endpoint) } }];
    }
    if (endpoint.peers.length === 0) {
        throw new Error(`the flows have no peers for ${endpoint.name}, so the NetworkPolicy would allow all`);
    }
    return [...endpoint.peers];
}

function describeFlow({ from, to, port, purpose }: Flow): string {
    return `${endpointName(from)} -> ${endpointName(to)} ${port}: ${purpose}`;
}

export function endpointName(endpoint: FlowEndpoint): string {
    return typeof endpoint === "string" ? endpoint : endpoint.name;
}
