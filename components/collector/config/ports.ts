import type { ServicePort } from "../../kubernetes/workload";

/** What the Collector listens on. The Services have the same ports: they are what people and programs expect. */
export const COLLECTOR_PORTS = {
    otlpGrpc: 4317,
    otlpHttp: 4318,
    /** OTLP by TLS from those alone who show credentials: the usual ports and a thousand, so that one tells them apart. */
    secureGrpc: 5317,
    secureHttp: 5318,
    /** Metrics that the Collector received, to scrape. */
    metrics: 8889,
    /** The Collector's own metrics. */
    telemetry: 8888,
    health: 13133,
} as const;

/** OTLP in plain text, by both protocols. */
export const OTLP_PORTS = {
    grpc: { name: "otlp-grpc", port: COLLECTOR_PORTS.otlpGrpc, appProtocol: "grpc" },
    http: { name: "otlp-http", port: COLLECTOR_PORTS.otlpHttp, appProtocol: "http" },
} as const satisfies Readonly<Record<string, ServicePort>>;
