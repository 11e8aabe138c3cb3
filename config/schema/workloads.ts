/** The sections of settings whose workloads have pods. A section may have several workloads, such as `shop`. */
export const WORKLOADS = [
    "alertmanager",
    "clusterTelemetry",
    "collector",
    "grafana",
    "jaeger",
    "loki",
    "prometheus",
    "shop",
    "telemetrygen",
    "traceTier",
    "victoriaLogs",
] as const;
export type Workload = (typeof WORKLOADS)[number];
