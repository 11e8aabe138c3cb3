/** What the Collector listens on. The Service has the same ports: they are what people and programs expect. */
export const COLLECTOR_PORTS = {
    otlpGrpc: 4317,
    otlpHttp: 4318,
    /** Metrics that the Collector received, to scrape. */
    metrics: 8889,
    /** The Collector's own metrics. */
    telemetry: 8888,
    health: 13133,
} as const;
