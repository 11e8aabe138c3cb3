import type { Peer } from "./peers";

/** Connections from one endpoint to another. Responses need no separate flow. */
export interface Flow {
    readonly from: FlowEndpoint;
    readonly to: FlowEndpoint;
    /** Port of the pods, not of the Service. */
    readonly port: number;
    /** @default TCP only */
    readonly protocols?: readonly Protocol[];
    /** What the connection is for. */
    readonly purpose: string;
}

/** A workload name, or a peer outside the stack. */
export type FlowEndpoint = string | ExternalPeer;
export type Protocol = "TCP" | "UDP";

/** Pods of other Namespaces, or addresses. A match of any peer is enough. */
export interface ExternalPeer {
    readonly name: string;
    readonly peers: readonly Peer[];
}
