import { renderMetricsReader } from "../../telemetry/metrics-reader";
import { COLLECTOR_PORTS } from "./ports";
import type { MetricView, InternalMetrics } from "./types/collector-config";

/** How the answers to requests are counted, and by which attribute they are told apart. */
const SERVER_RESPONSE_METRICS = [
    { instrument: "http.server.request.duration", answer: "http.response.status_code" },
    { instrument: "rpc.server.call.duration", answer: "rpc.response.status_code" },
] as const;

/**
 * What exporters hear by HTTP: of Azure Monitor's, the only sign that something is not taken. A request that nobody
 * answered has the error in place of a status.
 */
const CLIENT_RESPONSE_METRIC = {
    instrument: "http.client.request.duration",
    answer: ["server.address", "http.response.status_code", "error.type"],
} as const;

/** What comes along at this level and nobody reads; the first two by any name that a client makes up. */
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
 * The Collector's own metrics, and the number of answers by their status: a client that is turned away for want of
 * credentials, or because nobody can read what it sends, is counted nowhere else. They come with the detailed level
 * alone, whose other metrics are left out.
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

/** One series for each answer: a client chooses the host and the path that it asks for, and would make as many as it likes. */
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
