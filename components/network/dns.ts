import type { NetworkPolicySettings } from "../../config/schema";
import type { Flow, Outsider } from "./flows";
import { dnsPeers } from "./peers";

/** Whoever calls somebody asks for an address first. */
export function flowsToDns(flows: readonly Flow[], { dns }: NetworkPolicySettings): readonly Flow[] {
    const to: Outsider = { name: "dns", peers: dnsPeers(dns) };
    const callers = new Set(flows.map(({ from }) => from));
    return [...callers].map((from) => ({ from, to, port: dns.port, protocols: ["UDP", "TCP"], why: "names" }));
}
