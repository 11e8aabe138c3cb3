/** Names of what collects from the cluster. */
export const CLUSTER_NAMES = { agent: "otel-agent", events: "otel-events" } as const;

/** Variables of the agent's container: the kubelet fills them in. */
export const NODE_NAME = "NODE_NAME";
export const NODE_ADDRESS = "NODE_ADDRESS";
