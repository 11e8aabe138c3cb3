/** Names of the workloads of cluster telemetry. */
export const CLUSTER_TELEMETRY_NAMES = { agent: "otel-agent", events: "otel-events" } as const;

/** Environment variables of the agent's container, set from pod fields. */
export const NODE_NAME_ENV = "NODE_NAME";
export const NODE_IP_ENV = "NODE_ADDRESS";
