import * as path from "node:path";
import { STATE } from "./directories";

/** A node of the sandbox: Linux namespaces with a kubelet, containerd, kube-proxy and the policy engine. */
export interface SandboxNode {
    /** Name in the cluster. */
    readonly name: string;
    /** Folder on this machine with all files of the node. The node mounts it at STATE. */
    readonly folder: string;
    readonly address: string;
    /** Address range of its pods. */
    readonly podRange: string;
    /** Cgroup of its pods. */
    readonly cgroup: string;
}

/** Name of the sandbox's cgroup. Separate, so that another kubelet on this machine is not affected. */
export const CGROUP = "otel-stack-sandbox";

/** The first node. It runs the control plane and has the volumes. */
export const FIRST_NODE: SandboxNode = {
    name: "sandbox",
    folder: STATE,
    address: "198.18.0.2",
    podRange: "198.18.128.0/24",
    cgroup: CGROUP,
};

/** The node that `NODES=2` adds. It has a link only to the first node. */
export const SECOND_NODE: SandboxNode = {
    name: "sandbox-2",
    folder: path.join(STATE, "nodes/sandbox-2"),
    address: "198.18.0.6",
    podRange: "198.18.129.0/24",
    cgroup: `${CGROUP}/sandbox-2`,
};

/** Address of the first node on the link to the second node. */
export const LINK_ADDRESS = "198.18.0.5";

/**
 * Parses the number of nodes from the variable NODES. The default is 1.
 *
 * @throws when the value is neither 1 nor 2.
 */
export function parseNodeCount({ NODES: value }: NodeJS.ProcessEnv): 1 | 2 {
    if (value === undefined || value === "" || value === "1") {
        return 1;
    }
    if (value === "2") {
        return 2;
    }
    throw new Error(`NODES must be 1 or 2, got ${value}`);
}
