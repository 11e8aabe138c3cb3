/** Names of what collects from the cluster. */
export const CLUSTER_NAMES = { agent: "otel-agent", events: "otel-events" } as const;
