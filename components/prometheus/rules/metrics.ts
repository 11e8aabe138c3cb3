import { SIGNALS, type Signal } from "../../../config/types/signal";
import { SPAN_METRICS } from "../../telemetry/names";

/**
 * The series that rules read, by the names that they have in Prometheus: those of Collector 0.161 with the reader of
 * components/collector/config/render.ts, which adds no `_total` and no unit, and of Prometheus 3.16.
 */
export const METRICS = {
    inFlight: "otelcol_exporter_in_flight_requests",
    queueSize: "otelcol_exporter_queue_size",
    queueCapacity: "otelcol_exporter_queue_capacity",
    memory: "otelcol_process_memory_rss",
    /** Leaves out the files that are mapped into memory. */
    heap: "otelcol_process_runtime_heap_alloc_bytes",
    uptime: "otelcol_process_uptime",
    /** Prometheus' and Loki's own. */
    residentMemory: "process_resident_memory_bytes",
    /** VictoriaLogs' own, without the files that it maps into memory. */
    anonymousMemory: "process_resident_memory_anon_bytes",
    /** Records that VictoriaLogs has dropped, by `reason`; whoever sent them was told that they are taken. */
    rowsDropped: "vl_rows_dropped_total",
    /** 1 while VictoriaLogs takes nothing, for want of disk. */
    readOnly: "vl_storage_is_read_only",
    headSeries: "prometheus_tsdb_head_series",
    ruleFailures: "prometheus_rule_evaluation_failures_total",
    /** Traces that tail sampling dropped before it had decided, for want of room. */
    undecided: "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early",
    /** Metrics made from spans, with `otel_metric_overflow` where there are too many. */
    spanCount: SPAN_METRICS.durationCount,
    /** Answers of the Collector's listeners, by `http_response_status_code` or `rpc_response_status_code`. */
    httpResponses: "http_server_request_duration_count",
    grpcResponses: "rpc_server_call_duration_count",
    /** Answers that the Collector had by HTTP, by `server_address` and `http_response_status_code`. */
    clientResponses: "http_client_request_duration_count",
    up: "up",
} as const;

/** How the Collector's own metrics name what a signal is made of. */
const ITEMS: Readonly<Record<Signal, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };

/**
 * Counters that the Collector has once for each signal. `enqueue_failed`, `send_failed` and the memory limiter's
 * `refused` are not there before the first failure, and then start at what has failed.
 */
export const COUNTERS = {
    accepted: "otelcol_receiver_accepted",
    /** Turned away, as something behind the receiver could not take it: a full queue, the memory limiter. */
    refused: "otelcol_receiver_refused",
    /** Turned away by the receiver itself. */
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

/** Those that a Collector that has never failed has none of. */
const FAILURE_COUNTERS: readonly Counter[] = ["enqueueFailed", "sendFailed", "limited"];

/** Every name of a series that rules may read. */
export const METRIC_NAMES: readonly string[] = [
    ...Object.values(METRICS),
    ...counterNames(Object.keys(COUNTERS).filter((name): name is Counter => name in COUNTERS)),
];

export const LAZY_COUNTERS: readonly string[] = counterNames(FAILURE_COUNTERS);

function counterNames(names: readonly Counter[]): string[] {
    return names.flatMap((counter) => SIGNALS.map((signal) => counterName(counter, signal)));
}
