import { SERVICE_GRAPH, SPAN_METRICS } from "../../components/telemetry/names";

const ITEMS = ["spans", "metric_points", "log_records"];

/** Each name for spans, points and records. */
function appendItemNames(...prefixes: readonly string[]): string[] {
    return prefixes.flatMap((prefix) => ITEMS.map((items) => `${prefix}_${items}`));
}

/** Names of series as they were read from Prometheus 3.16 while it scraped Collector 0.161, Jaeger, Loki 3.7, VictoriaLogs 1.52 and Alertmanager 0.31. */
export const KNOWN_METRICS: ReadonlySet<string> = new Set([
    "up",
    ...Object.values(SPAN_METRICS),
    ...Object.values(SERVICE_GRAPH),
    ...appendItemNames(
        "otelcol_receiver_accepted",
        "otelcol_receiver_refused",
        "otelcol_processor_memory_limiter_refused",
        "otelcol_exporter_sent",
        "otelcol_exporter_send_failed",
        "otelcol_exporter_enqueue_failed",
    ),
    "http_server_request_duration_count",
    "rpc_server_call_duration_count",
    "otelcol_exporter_queue_capacity",
    "otelcol_exporter_queue_size",
    "otelcol_process_cpu_seconds",
    "otelcol_process_memory_rss",
    "otelcol_process_runtime_heap_alloc_bytes",
    "otelcol_process_uptime",
    "otelcol_deltatocumulative_datapoints",
    "otel_stack_repaired_items_total",
    "otelcol_connector_servicegraph_dropped_spans",
    "process_resident_memory_bytes",
    "prometheus_tsdb_head_samples_appended_total",
    "prometheus_tsdb_head_series",
    "prometheus_tsdb_out_of_bound_samples_total",
    "prometheus_tsdb_storage_blocks_bytes",
    "prometheus_tsdb_too_old_samples_total",
    "prometheus_tsdb_wal_storage_size_bytes",
    "alertmanager_notification_requests_failed_total",
    "alertmanager_notification_requests_total",
    "loki_discarded_samples_total",
    "loki_distributor_lines_received_total",
    "loki_ingester_memory_streams",
    "loki_request_duration_seconds_count",
    "process_resident_memory_anon_bytes",
    "vl_data_size_bytes",
    "vl_max_disk_space_usage_bytes",
    "vl_pending_rows",
    "vl_rows_dropped_total",
    "vl_rows_ingested_total",
    "vl_storage_is_read_only",
    "vl_storage_rows",
    "vl_streams_created_total",
]);
