/** A metric that Prometheus cannot take as it is, in OTLP/JSON. */
export interface OddMetric {
    readonly about: string;
    /** The value of the label `reason` of its repair. Undefined if nothing is repaired. */
    readonly reason?: string;
    /** How many items the repair counts. One by default. */
    readonly repaired?: number;
    readonly metric: object;
    /** Names of the series that Prometheus must have of it. */
    readonly stored: readonly string[];
}

const CUMULATIVE = 2;
const DELTA = 1;
const MINUTE_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;

export function renderGauge(name: string, fields: Fields = {}): object {
    return { name, gauge: { dataPoints: [renderPoint({ asDouble: 1, ...fields })] } };
}

function renderSum(name: string, aggregationTemporality: number, fields: Fields = {}): object {
    return {
        name,
        sum: { aggregationTemporality, isMonotonic: true, dataPoints: [renderPoint({ asInt: "3", ...fields })] },
    };
}

function renderHistogram(name: string, aggregationTemporality: number, fields: Fields = {}): object {
    const buckets = { count: "3", sum: 4, explicitBounds: [1, 5], bucketCounts: ["1", "1", "1"] };
    return { name, histogram: { aggregationTemporality, dataPoints: [renderPoint({ ...buckets, ...fields })] } };
}

function renderExponentialHistogram(name: string, aggregationTemporality: number, scale = 2): object {
    const buckets = { count: "3", sum: 4, scale, positive: { offset: 0, bucketCounts: ["1", "1", "1"] } };
    return { name, exponentialHistogram: { aggregationTemporality, dataPoints: [renderPoint(buckets)] } };
}

function renderPoint(fields: Fields): object {
    return { timeUnixNano: nanoseconds(0), startTimeUnixNano: nanoseconds(-5000), ...fields };
}

function nanoseconds(offsetMs: number): string {
    return String(BigInt(Date.now() + offsetMs) * 1_000_000n);
}

function attribute(key: string, value = "x"): Fields {
    return { attributes: [{ key, value: { stringValue: value } }] };
}

/** Created when they are sent, because their times are relative to now. */
export function createOddMetrics(): readonly OddMetric[] {
    const histogram = ["odd_bucket", "odd_count", "odd_sum"];
    return [
        { about: "delta sum", metric: renderSum("odd", DELTA), stored: ["odd_total"] },
        { about: "delta histogram", metric: renderHistogram("odd", DELTA), stored: histogram },
        {
            about: "delta exponential histogram",
            metric: renderExponentialHistogram("odd", DELTA),
            stored: ["odd"],
        },
        {
            about: "sum without temporality",
            reason: "no_temporality",
            metric: renderSum("odd", 0),
            stored: ["odd_total"],
        },
        {
            about: "exponential histogram of scale -5",
            reason: "coarse_histogram",
            // Its count and its sum.
            repaired: 2,
            metric: renderExponentialHistogram("odd", CUMULATIVE, -5),
            stored: ["odd_count", "odd_sum"],
        },
        { about: "name 温度", reason: "no_metric_name", metric: renderGauge("温度"), stored: ["unnamed"] },
        { about: "empty name", reason: "no_metric_name", metric: renderGauge(""), stored: ["unnamed"] },
        { about: "metric without data", metric: { name: "odd" }, stored: [] },
        {
            about: "clock three hours behind",
            reason: "clock_behind",
            metric: renderGauge("odd", { timeUnixNano: nanoseconds(-180 * MINUTE_MS) }),
            stored: ["odd"],
        },
        {
            about: "no time",
            reason: "clock_behind",
            metric: renderGauge("odd", { timeUnixNano: "0" }),
            stored: ["odd"],
        },
        {
            about: "clock fifteen minutes ahead",
            reason: "clock_ahead",
            metric: renderGauge("odd", { timeUnixNano: nanoseconds(15 * MINUTE_MS) }),
            stored: ["odd"],
        },
        { about: "key 温度", metric: renderGauge("odd", attribute("温度")), stored: ["odd"] },
        { about: "key with two underscores", metric: renderGauge("odd", attribute("__x")), stored: ["odd"] },
        { about: "empty key", reason: "empty_key", metric: renderGauge("odd", attribute("")), stored: ["odd"] },
        {
            about: "le on a histogram",
            reason: "reserved_key",
            metric: renderHistogram("odd", CUMULATIVE, attribute("le")),
            stored: histogram,
        },
        {
            about: "quantile on a summary",
            reason: "reserved_key",
            metric: {
                name: "odd",
                summary: {
                    dataPoints: [
                        renderPoint({
                            count: "1",
                            sum: 1,
                            quantileValues: [{ quantile: 0.5, value: 1 }],
                            ...attribute("quantile"),
                        }),
                    ],
                },
            },
            stored: ["odd", "odd_count", "odd_sum"],
        },
        { about: "key job", reason: "reserved_key", metric: renderGauge("odd", attribute("job")), stored: ["odd"] },
        { about: "NaN", metric: renderGauge("odd", { asDouble: "NaN" }), stored: ["odd"] },
    ];
}
