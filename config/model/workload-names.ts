/** The stack's workloads; their Services, volume claims and scrape jobs are named after them. */
export const WORKLOAD_NAMES = {
    alertmanager: "alertmanager",
    collector: "otel-collector",
    grafana: "grafana",
    jaeger: "jaeger",
    loki: "loki",
    prometheus: "prometheus",
    /** The prefix of the shop's workloads. */
    shop: "shop",
    telemetrygen: "telemetrygen",
    traceTier: "otel-collector-traces",
    victoriaLogs: "victorialogs",
} as const;

export type WorkloadNames = Readonly<Record<keyof typeof WORKLOAD_NAMES, string>>;
