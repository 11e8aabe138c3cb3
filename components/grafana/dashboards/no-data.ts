/**
 * What a panel without data means, by what it reads. The pages of the dashboards show it under "No data", and so does
 * `make verify`.
 */
export const NO_DATA = {
    collector: "Prometheus does not scrape the Collector. A rate also needs two scrapes after its start.",
    traceTier:
        "Prometheus does not scrape the trace tier. A rate also needs two scrapes after its start. Without traces, its counters do not exist yet.",
    jaeger: "Prometheus does not scrape Jaeger, or Jaeger has received no spans since it started.",
    loki: "Prometheus does not scrape Loki, or Loki has received no records since it started.",
    victoriaLogs: "Prometheus does not scrape VictoriaLogs. A rate also needs two scrapes after its start.",
    /** The panel has 0 where there are no series. */
    prometheus: "Prometheus does not answer. The panel shows 0 if Prometheus has no series for it.",
    prometheusItself: "Prometheus does not scrape itself. A rate also needs two scrapes after its start.",
    spans: "No service sent spans in this time range, or the span metrics did not reach Prometheus.",
    service: "The service sent no spans in this time range, or the span metrics did not reach Prometheus.",
    logs: "No records with the selected service, namespace and environment reached the log store in this time range.",
    kubelet: "The agent does not run on the node, or cannot read the kubelet, or its metrics did not reach Prometheus.",
} as const;
