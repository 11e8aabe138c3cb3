import type { BackendEndpoints } from "../../components/collector/config/exporters";

/** Where a Collector by itself, in Namespace `ns`, finds what it sends to. */
export const BACKEND_ENDPOINTS: BackendEndpoints = {
    jaeger: "jaeger.ns:4317",
    jaegerOtlp: "http://jaeger.ns:4318",
    lokiOtlp: "http://loki.ns:3100/otlp",
    victoriaLogs: { otlp: "http://victorialogs.ns:9428/insert/opentelemetry", headers: { "VL-Stream-Fields": "a,b" } },
    prometheusOtlp: "http://prometheus.ns:9090/api/v1/otlp",
    traceTier: "otel-collector-traces.ns",
    prometheusRemoteWrite: "http://prometheus.ns:9090/api/v1/write",
};
