/** Job of the Collector's own metrics. Other programs have metrics with the same names. */
export const COLLECTOR_JOB = "otel-collector-internal";

/** Job of the trace tier's own metrics. The ingest tier has already counted the data that it receives. */
export const TRACE_TIER_JOB = "otel-collector-traces-internal";

/** How the Collector's metrics name the items of each signal. */
export const ITEMS = { traces: "spans", metrics: "metric_points", logs: "log_records" } as const;
export type Items = (typeof ITEMS)[keyof typeof ITEMS];

/** Selects a gauge of the Collector's own metrics. */
export function internalGauge(metric: string, matchers = "", job = COLLECTOR_JOB): string {
    return `${metric}{${[`job="${job}"`, matchers].filter(Boolean).join(",")}}`;
}

/** Rate of a counter of the Collector's own metrics. */
export function internalRate(metric: string, matchers = "", job = COLLECTOR_JOB): string {
    return `rate(${internalGauge(metric, matchers, job)}[$__rate_interval])`;
}

/** One series, with 0 for a counter that does not exist yet. */
export function sumOrZero(rates: string): string {
    return `(sum(${rates}) or vector(0))`;
}

/** The sum of a counter over all signals. */
export function sumSignals(prefix: string, job = COLLECTOR_JOB): string {
    return Object.values(ITEMS)
        .map((items) => sumOrZero(internalRate(`${prefix}_${items}`, "", job)))
        .join(" + ");
}

/**
 * By exporter, with 0 for exporters without failures. The Collector creates a failure counter with the first failure.
 */
export function failuresByExporter(failures: string, items: Items, job = COLLECTOR_JOB): string {
    const sent = `sum by (exporter) (${internalRate(`otelcol_exporter_sent_${items}`, "", job)})`;
    return `sum by (exporter) (${internalRate(`${failures}_${items}`, "", job)}) or ${sent} * 0`;
}
