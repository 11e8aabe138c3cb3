/**
 * The names that links between signals depend on. The Collector writes them. Grafana's data sources and dashboards,
 * Prometheus' rules and Jaeger's Monitor tab read them.
 */

/** Fixed uids of Grafana's data sources. Dashboards and links reference them. */
export const DATA_SOURCES = {
    prometheus: "prometheus",
    jaeger: "jaeger",
    loki: "loki",
    victorialogs: "victorialogs",
} as const;

/** Fixed uid of the data source for alerts and silences, which no panel reads. */
export const ALERTMANAGER_DATA_SOURCE = "alertmanager";

/** Fixed uids of Grafana's dashboards. Links in notifications contain them. */
export const DASHBOARDS = {
    backends: "otel-backends",
    collector: "otel-collector",
    overview: "otel-overview",
    usage: "otel-usage",
} as const;

export type DashboardName = keyof typeof DASHBOARDS;

/** Id of the Grafana plugin that reads VictoriaLogs, and the type of its data source. */
export const VICTORIA_LOGS_PLUGIN = "victoriametrics-logs-datasource";

/** Fields of a log record in every log store. `trace_id` is also the exemplar label in Prometheus. */
export const TRACE_FIELDS = { traceId: "trace_id", spanId: "span_id" } as const;

/** The exemplar label in Prometheus with the trace's id. */
export const EXEMPLAR_TRACE_ID = TRACE_FIELDS.traceId;

/** Label of the service: an index label in Loki, and a dimension of the span metrics. */
export const SERVICE_LABEL = "service_name";

export const SERVICE_ATTRIBUTE = "service.name";
export const NAMESPACE_ATTRIBUTE = "service.namespace";
export const ENVIRONMENT_ATTRIBUTE = "deployment.environment.name";

/** The resource attributes that distinguish services. Each store has them, and an instance is one of several of a service. */
export const IDENTITY_ATTRIBUTES = [SERVICE_ATTRIBUTE, NAMESPACE_ATTRIBUTE, ENVIRONMENT_ATTRIBUTE] as const;

/** Labels of Prometheus and Loki for these attributes. */
export const NAMESPACE_LABEL = "service_namespace";
export const ENVIRONMENT_LABEL = "deployment_environment_name";

/**
 * Prometheus' label of a service: its name, after its namespace and `/` if it has one. Jaeger has the same value as a tag
 * of all spans, because it can search for one value only.
 */
export const JOB_LABEL = "job";
export const JOB_ATTRIBUTE = "otel_stack.job";

/**
 * The resource attributes that separate the streams of a log store. There are few, and each has few values. By default,
 * Loki and VictoriaLogs also use the names of pods and instances, so each roll-out would create new streams.
 */
export const STREAM_ATTRIBUTES = [...IDENTITY_ATTRIBUTES, "k8s.namespace.name"] as const;

/** In VictoriaLogs, of the fields of a body that is a map, where an attribute has the same name. */
export const BODY_PREFIX = "body.";

/** Ends a text that the stack truncated. */
export const TRUNCATION_MARKER = "... [truncated]";

/** Prefix of the span metrics' names. */
export const SPAN_METRICS_PREFIX = "traces_span_metrics";

/** Metrics of the span_metrics connector, as Prometheus names them. */
export const SPAN_METRICS = {
    calls: `${SPAN_METRICS_PREFIX}_calls_total`,
    durationBucket: `${SPAN_METRICS_PREFIX}_duration_seconds_bucket`,
    durationCount: `${SPAN_METRICS_PREFIX}_duration_seconds_count`,
    durationSum: `${SPAN_METRICS_PREFIX}_duration_seconds_sum`,
} as const;

/** Labels of the span metrics. */
export const SPAN_DIMENSIONS = {
    job: JOB_LABEL,
    service: SERVICE_LABEL,
    namespace: NAMESPACE_LABEL,
    environment: ENVIRONMENT_LABEL,
    span: "span_name",
    /** `SPAN_KIND_SERVER`, `SPAN_KIND_CLIENT`, ... */
    kind: "span_kind",
    /** `STATUS_CODE_UNSET`, `STATUS_CODE_OK`, `STATUS_CODE_ERROR`. */
    status: "status_code",
} as const;

/** Metrics of the service_graph connector, as Prometheus names them. Grafana's service map reads them. */
export const SERVICE_GRAPH = {
    requests: "traces_service_graph_request_total",
    failed: "traces_service_graph_request_failed_total",
    serverSecondsBucket: "traces_service_graph_request_server_seconds_bucket",
} as const;

/** Labels of an edge. */
export const EDGE_DIMENSIONS = {
    client: "client",
    clientNamespace: `client_${NAMESPACE_LABEL}`,
    clientEnvironment: `client_${ENVIRONMENT_LABEL}`,
    server: "server",
    serverNamespace: `server_${NAMESPACE_LABEL}`,
    serverEnvironment: `server_${ENVIRONMENT_LABEL}`,
    /** Empty for two services. */
    type: "connection_type",
} as const;

/**
 * Excludes metrics of applications that are named `up`, which have these labels where the stack scrapes the metrics
 * that the Collector received.
 */
export const SCRAPED_ONLY = 'exported_job="",otel_scope_name=""';
