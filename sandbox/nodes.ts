import * as path from "node:path";
import { STATE } from "./directories";

/** A node of the sandbox: namespaces of its own, with a kubelet, containerd, kube-proxy and policy engine. */
export interface SandboxNode {
    /** In the cluster. */
    readonly name: string;
    /** Folder on this machine that holds everything of it. The node itself sees it as STATE. */
    readonly folder: string;
    readonly address: string;
    /** Range of its pods' addresses. */
    readonly podRange: string;
    /** The cgroup of its pods. */
    readonly cgroup: string;
}

/** Name of the sandbox's cgroup: its own, so that nothing of another kubelet's on this machine is touched. */
export const CGROUP = "otel-stack-sandbox";

/** The node of every sandbox: the control plane and the volumes are on it. */
export const FIRST_NODE: SandboxNode = {
    name: "sandbox",
    folder: STATE,
    address: "198.18.0.2",
    podRange: "198.18.128.0/24",
    cgroup: CGROUP,
};

/** The one that `NODES=2` adds: a link to the first node is all that it has. */
export const SECOND_NODE: SandboxNode = {
    name: "sandbox-2",
    folder: path.join(STATE, "nodes/sandbox-2"),
    address: "198.18.0.6",
    podRange: "198.18.129.0/24",
    cgroup: `${CGROUP}/sandbox-2`,
};

/** The first node's address on the link between the two. */
export const LINK_ADDRESS = "198.18.0.5";

/**
 * How many nodes a person asks for by the variable NODES.
 *
 * @throws where it is neither 1 nor 2; an empty one is 1.
 */
export function parseNodeCount({ NODES: value }: NodeJS.ProcessEnv): 1 | 2 {
    if (value === undefined || value === "" || value === "1") {
        return 1;
    }
    if (value === "2") {
        return 2;
    }
    throw new Error(`NODES is ${value}; the sandbox has 1 node or 2`);
}
