import { renderMetricsReader } from "../../telemetry/metrics-reader";
import { COLLECTOR_PORTS } from "./ports";
import type { MetricView, InternalMetrics } from "./types/collector-config";

/** The metrics that count responses, and the attribute with the status. */
const SERVER_RESPONSE_METRICS = [
    { instrument: "http.server.request.duration", answer: "http.response.status_code" },
    { instrument: "rpc.server.call.duration", answer: "rpc.response.status_code" },
] as const;

/**
 * Responses that exporters get over HTTP. For Azure Monitor's exporter, they are the only sign of a rejected request. A
 * request without a response has an error type instead of a status.
 */
const CLIENT_RESPONSE_METRIC = {
    instrument: "http.client.request.duration",
    answer: ["server.address", "http.response.status_code", "error.type"],
} as const;

/** Metrics of the detailed level that nothing reads. A client chooses the label values of the first two. */
const DROPPED_METRICS = [
    "http.server.*.body.size",
    "http.client.*",
    "rpc.client.*",
    "otelcol_processor_internal_duration",
    "otelcol_exporter_enqueue_size*",
    "otelcol_exporter_queue_batch_send_size*",
    "otelcol.*.consumed.size",
    "otelcol.*.produced.size",
] as const;

/**
 * Configures the Collector's own metrics, including the number of responses by status. Only these count requests that
 * fail authentication or cannot be decoded. They need the `detailed` level, whose other metrics are dropped.
 */
export function renderInternalTelemetry({ azureMonitor }: { readonly azureMonitor: boolean }): InternalMetrics {
    return {
        level: "detailed",
        readers: [renderMetricsReader(COLLECTOR_PORTS.telemetry)],
        views: [
            ...SERVER_RESPONSE_METRICS.map(({ instrument, answer }) => countByAttributes(instrument, answer)),
            ...(azureMonitor
                ? [countByAttributes(CLIENT_RESPONSE_METRIC.instrument, ...CLIENT_RESPONSE_METRIC.answer)]
                : []),
            ...DROPPED_METRICS.map(dropMetric),
            {
                selector: { instrument_name: "otelcol_exporter_send_failed_*" },
                stream: { attribute_keys: { excluded: ["error.type", "error.permanent"] } },
            },
        ],
    };
}

/**
 * Keeps one series for each status. Clients choose the host and the path of a request, so keeping these as labels would
 * let a client create any number of series.
 */
function countByAttributes(instrument: string, ...attributes: readonly string[]): MetricView {
    return {
        selector: { instrument_name: instrument },
        stream: {
            attribute_keys: { included: attributes },
            aggregation: { explicit_bucket_histogram: { boundaries: [] } },
        },
    };
}

function dropMetric(instrument: string): MetricView {
    return { selector: { instrument_name: instrument }, stream: { aggregation: { drop: {} } } };
}
