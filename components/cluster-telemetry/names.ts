/** Names of what collects from the cluster. */
export const CLUSTER_TELEMETRY_NAMES = { agent: "otel-agent", events: "otel-events" } as const;

/** Variables of the agent's container: the kubelet fills them in. */
export const NODE_NAME_ENV = "NODE_NAME";
export const NODE_IP_ENV = "NODE_ADDRESS";
