/**
 * The names that jumps between the signals depend on: what the Collector writes, and what Grafana's data sources and
 * dashboards, Prometheus' rules and Jaeger's Monitor tab read.
 */

/** Fixed uids of Grafana's data sources: dashboards and links name them. */
export const DATA_SOURCES = {
    prometheus: "prometheus",
    jaeger: "jaeger",
    loki: "loki",
    victorialogs: "victorialogs",
} as const;

/** The plugin of Grafana that reads VictoriaLogs, and the type of its data source. */
export const VICTORIA_LOGS_PLUGIN = "victoriametrics-logs-datasource";

/** Fields of a log record in every log store; `trace_id` is also the label of an exemplar in Prometheus. */
export const TRACE_FIELDS = { traceId: "trace_id", spanId: "span_id" } as const;

/** The label of an exemplar in Prometheus that holds the trace's id. */
export const EXEMPLAR_TRACE_ID = TRACE_FIELDS.traceId;

/** Label of the service: in Loki's index, and a dimension of the span metrics. */
export const SERVICE_LABEL = "service_name";

/** The attribute that names a service. */
export const SERVICE_ATTRIBUTE = "service.name";

/**
 * The resource attributes that tell the streams of a log store apart: few, and each with few values. By default the names
 * of pods and instances would do so too, in Loki and in VictoriaLogs: a new stream for each at every roll-out.
 */
export const STREAM_ATTRIBUTES = [
    SERVICE_ATTRIBUTE,
    "service.namespace",
    "deployment.environment.name",
    "k8s.namespace.name",
] as const;

/** What the names of the span metrics start with. */
export const SPAN_METRICS_PREFIX = "traces_span_metrics";

/** What the span_metrics connector counts, as it arrives in Prometheus. */
export const SPAN_METRICS = {
    calls: `${SPAN_METRICS_PREFIX}_calls_total`,
    durationBucket: `${SPAN_METRICS_PREFIX}_duration_seconds_bucket`,
    durationCount: `${SPAN_METRICS_PREFIX}_duration_seconds_count`,
    durationSum: `${SPAN_METRICS_PREFIX}_duration_seconds_sum`,
} as const;

/** Labels of the span metrics. */
export const SPAN_DIMENSIONS = {
    service: SERVICE_LABEL,
    span: "span_name",
    /** `SPAN_KIND_SERVER`, `SPAN_KIND_CLIENT`, ... */
    kind: "span_kind",
    /** `STATUS_CODE_UNSET`, `STATUS_CODE_OK`, `STATUS_CODE_ERROR`. */
    status: "status_code",
} as const;

/** What the service_graph connector counts of each edge, as it arrives in Prometheus; Grafana's service map reads them. */
export const SERVICE_GRAPH = {
    requests: "traces_service_graph_request_total",
    failed: "traces_service_graph_request_failed_total",
    serverSecondsBucket: "traces_service_graph_request_server_seconds_bucket",
} as const;

/** Labels of an edge: who calls, and who is called. */
export const EDGE_DIMENSIONS = { client: "client", server: "server" } as const;
