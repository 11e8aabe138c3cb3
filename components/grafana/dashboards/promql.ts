/** Series of the Collector's own metrics: others have metrics of the same names. */
export const COLLECTOR_JOB = "otel-collector-internal";

/** Those of the second tier, where there is one. What it takes, the first one has taken before. */
export const TRACE_TIER_JOB = "otel-collector-traces-internal";

/** What the Collector names the items of each signal. */
export const ITEMS = { traces: "spans", metrics: "metric_points", logs: "log_records" } as const;
export type Items = (typeof ITEMS)[keyof typeof ITEMS];

/** A gauge of the Collector's own. */
export function internalGauge(metric: string, matchers = "", job = COLLECTOR_JOB): string {
    return `${metric}{${[`job="${job}"`, matchers].filter(Boolean).join(",")}}`;
}

/** How fast a counter of the Collector's own grows. */
export function internalRate(metric: string, matchers = "", job = COLLECTOR_JOB): string {
    return `rate(${internalGauge(metric, matchers, job)}[$__rate_interval])`;
}

/** One series, with 0 for a counter that has never counted and is therefore not there. */
export function sumOrZero(rates: string): string {
    return `(sum(${rates}) or vector(0))`;
}

/** The sum of a counter of each signal. */
export function sumSignals(prefix: string, job = COLLECTOR_JOB): string {
    return Object.values(ITEMS)
        .map((items) => sumOrZero(internalRate(`${prefix}_${items}`, "", job)))
        .join(" + ");
}

/** By exporter, 0 for those that have never failed: the Collector has no counter of failures before the first. */
export function failuresByExporter(failures: string, items: Items, job = COLLECTOR_JOB): string {
    const sent = `sum by (exporter) (${internalRate(`otelcol_exporter_sent_${items}`, "", job)})`;
    return `sum by (exporter) (${internalRate(`${failures}_${items}`, "", job)}) or ${sent} * 0`;
}
