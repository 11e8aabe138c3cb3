import type { NetworkPolicySettings } from "../../config/schema/schema";
import type { Flow, ExternalPeer } from "./flow";
import { dnsPeers } from "./peers";

/** Every workload with connections needs DNS. */
export function dnsFlows(flows: readonly Flow[], { dns }: NetworkPolicySettings): readonly Flow[] {
    const to: ExternalPeer = { name: "dns", peers: dnsPeers(dns) };
    const callers = new Set(flows.map(({ from }) => from));
    return [...callers].map((from) => ({ from, to, port: dns.port, protocols: ["UDP", "TCP"], purpose: "DNS" }));
}
