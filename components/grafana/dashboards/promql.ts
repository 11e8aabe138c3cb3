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

/**
 * The increase of a pushed counter, with the count of its first sample. Histograms and edges of the Collector's connectors
 * start with what was counted before the first push, of which `increase` sees nothing: an operation that was called once
 * would have no duration. A series without a sample in the window before is new.
 */
export function renderIncrease(counter: string, window: string): string {
    const increase = `increase(${counter}[${window}])`;
    const first = `(min_over_time(${counter}[${window}]) unless last_over_time(${counter}[${window}] offset ${window}))`;
    return `(${increase} + ${first} or ${first} or ${increase})`;
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
