import type { ServicePort } from "../../kubernetes/service";

/** The ports of the Collector. The Services use the same numbers, which are the usual ones. */
export const COLLECTOR_PORTS = {
    otlpGrpc: 4317,
    otlpHttp: 4318,
    /** OTLP over TLS with authentication: the usual port number plus 1000. */
    secureGrpc: 5317,
    secureHttp: 5318,
    /** Metrics that the Collector received, for scraping. */
    metrics: 8889,
    telemetry: 8888,
    health: 13133,
} as const;

/** OTLP without TLS, over gRPC and HTTP. */
export const OTLP_PORTS = {
    grpc: { name: "otlp-grpc", port: COLLECTOR_PORTS.otlpGrpc, appProtocol: "grpc" },
    http: { name: "otlp-http", port: COLLECTOR_PORTS.otlpHttp, appProtocol: "http" },
} as const satisfies Readonly<Record<string, ServicePort>>;
