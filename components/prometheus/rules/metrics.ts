import { SIGNALS, type Signal } from "../../../config/types/signal";
import { SPAN_METRICS } from "../../telemetry/names";

/**
 * Metric names in Prometheus, as Collector 0.161 exposes them (the reader in components/collector/config/render.ts adds
 * no `_total` and no unit) and as Prometheus 3.16 does.
 */
export const METRICS = {
    inFlight: "otelcol_exporter_in_flight_requests",
    queueSize: "otelcol_exporter_queue_size",
    queueCapacity: "otelcol_exporter_queue_capacity",
    memory: "otelcol_process_memory_rss",
    /** Excludes memory-mapped files. */
    heap: "otelcol_process_runtime_heap_alloc_bytes",
    uptime: "otelcol_process_uptime",
    /** From Prometheus and Loki. */
    residentMemory: "process_resident_memory_bytes",
    /** From VictoriaLogs. Excludes memory-mapped files. */
    anonymousMemory: "process_resident_memory_anon_bytes",
    /** Records that VictoriaLogs dropped, by `reason`. It had acknowledged them. */
    rowsDropped: "vl_rows_dropped_total",
    /** Records that Loki rejected, by `reason`. The Collector counts the whole batch instead. */
    samplesDiscarded: "loki_discarded_samples_total",
    /** Spans that Jaeger rejected. The Collector sends them again. */
    refusedSpans: "otelcol_receiver_refused_spans",
    /** Traces that Jaeger counted the spans of, by `policy` and `sampled`. */
    decidedTraces: "otelcol_processor_tail_sampling_count_traces_sampled",
    /** 1 while VictoriaLogs accepts no data because its disk is full. */
    readOnly: "vl_storage_is_read_only",
    headSeries: "prometheus_tsdb_head_series",
    ruleFailures: "prometheus_rule_evaluation_failures_total",
    /** Traces that tail sampling dropped before a decision because its memory was full. */
    undecided: "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early",
    /** Spans that are in no edge of the service graph, because too many others wait for the other side of their call. */
    unpairedSpans: "otelcol_connector_servicegraph_dropped_spans",
    /** Span metrics. They have the label `otel_metric_overflow` above the series limit. */
    spanCount: SPAN_METRICS.durationCount,
    /** Responses of the Collector's servers, by `http_response_status_code` or `rpc_response_status_code`. */
    httpResponses: "http_server_request_duration_count",
    grpcResponses: "rpc_server_call_duration_count",
    /** Responses to the Collector's HTTP requests, by `server_address` and `http_response_status_code`. */
    clientResponses: "http_client_request_duration_count",
    /** Items that a store could not take as they were, by `signal` and `reason`. `job` is their service. */
    repairedItems: "otel_stack_repaired_items_total",
    /** Points of a `metric` that were dropped because there are too many series. `job` is their service. */
    droppedPoints: "otel_stack_dropped_points_total",
    /** Points that remote write could not translate. They are lost. */
    untranslated: "otelcol_exporter_prometheusremotewrite_failed_translations",
    /** Samples that Prometheus dropped for their labels. It had acknowledged them. */
    invalidLabels: "prometheus_api_remote_write_invalid_labels_samples_total",
    /** Points of delta series, and of all series when their number is limited. Dropped ones have the label `error`. */
    deltaPoints: "otelcol_deltatocumulative_datapoints",
    /** Requests of Alertmanager to its receivers, by `integration` and `receiver_name`. */
    notificationRequests: "alertmanager_notification_requests_total",
    notificationRequestsFailed: "alertmanager_notification_requests_failed_total",
    up: "up",
} as const;

/** How the Collector's metrics name the items of each signal. */
const ITEMS: Readonly<Record<Signal, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };

/**
 * Counters of the Collector, one for each signal. `enqueue_failed`, `send_failed` and the memory limiter's `refused` do
 * not exist before the first failure, and start with its number of items.
 */
export const COUNTERS = {
    accepted: "otelcol_receiver_accepted",
    /** Rejected because of a component after the receiver, such as a full queue or the memory limiter. */
    refused: "otelcol_receiver_refused",
    /** Rejected by the receiver itself. */
    failed: "otelcol_receiver_failed",
    sent: "otelcol_exporter_sent",
    enqueueFailed: "otelcol_exporter_enqueue_failed",
    sendFailed: "otelcol_exporter_send_failed",
    limited: "otelcol_processor_memory_limiter_refused",
} as const;

export type Counter = keyof typeof COUNTERS;

export function counterName(counter: Counter, signal: Signal): string {
    return `${COUNTERS[counter]}_${ITEMS[signal]}`;
}

/** Counters that do not exist before the first failure. */
const FAILURE_COUNTERS: readonly Counter[] = ["enqueueFailed", "sendFailed", "limited"];

/** The names of all series that rules may read. */
export const METRIC_NAMES: readonly string[] = [
    ...Object.values(METRICS),
    ...counterNames(Object.keys(COUNTERS).filter((name): name is Counter => name in COUNTERS)),
];

export const LAZY_COUNTERS: readonly string[] = [
    ...counterNames(FAILURE_COUNTERS),
    METRICS.repairedItems,
    METRICS.droppedPoints,
    METRICS.untranslated,
    METRICS.deltaPoints,
    METRICS.unpairedSpans,
];

function counterNames(names: readonly Counter[]): string[] {
    return names.flatMap((counter) => SIGNALS.map((signal) => counterName(counter, signal)));
}
