import type { SeriesLimits } from "../../../config/model/series-limit";
import { REPAIRS_EXPIRATION } from "./repair-counts";
import { POD_NAME_ENV } from "./span-metrics";
import type { StatementGroup } from "./types/cluster-telemetry";
import type { Duration } from "./types/common";
import type { CollectorConfig, ProcessorId, ProcessorTypes } from "./types/collector-config";

/**
 * Limits the number of series, which neither Prometheus nor the exporter for scrapes does.
 *
 * `delta_to_cumulative` is the Collector's only processor that remembers series, up to a number, and drops points of
 * others. It forgets a series some time after its last point. It copies a point without a time unchanged, because it takes
 * it for the first one of its series. So each metric becomes a delta metric without times for it, and is restored
 * afterwards. Summaries have no temporality, so they have no limit.
 */

/** Services share a pool by the hash of their names, so that one service uses up only the series of its pool. */
const POOLS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const PREPARE_SERIES = "transform/series-limit" as const satisfies ProcessorId;
const RESTORE_SERIES = "transform/series-restore" as const satisfies ProcessorId;
/** Removes the counters of metrics that lost no points. */
const DROP_UNUSED_COUNTERS = "filter/series-limit" as const satisfies ProcessorId;
/** Adds up the counters of metrics from spans. For others, the processor of delta metrics follows. */
const ACCUMULATE_COUNTERS = "delta_to_cumulative/series-dropped" as const satisfies ProcessorId;
const MAX_COUNTERS = 1000;

type LimitName = `${Kind}-${"spans" | "total" | (typeof POOLS)[number]}`;

/** One limit, for the metrics that its condition selects. */
interface Limit {
    readonly name: LimitName;
    readonly kind: Kind;
    readonly scope: keyof SeriesLimits;
    readonly condition: string;
}

/** Label of the Collector's pod that counts: of the total of a delta series, and of dropped points. */
export const COLLECTOR_ATTRIBUTE = "otel_stack.collector";
/** The pool of a service. It does not reach the store. */
const POOL = 'resource.attributes["otel_stack.pool"]';
/** What a metric was before. It does not reach the store. */
const KIND = 'metric.metadata["otel_stack.kind"]';

/** Counts dropped points by service and metric. Prometheus stores it as `otel_stack_dropped_points_total`. */
const DROPPED_POINTS = "otel_stack.dropped.points";
/** A metric with as many points in a request is counted. Counting costs a copy of its points. */
const MIN_COUNTED_POINTS = 20;
/** Name of the counter of a metric while the limits look at the metric. */
const COUNTER_SUFFIX = ".otel_stack_dropped";
const IS_COUNTER = `HasSuffix(metric.name, "${COUNTER_SUFFIX}")`;
/** Number of points before the limits, by metric. */
const RECEIVED = 'metric.metadata["otel_stack.received"]';
/** Number of points after the limits. A metric without any is not there. */
const KEPT = 'resource.attributes["otel_stack.kept"][metric.name]';
const DROPPED = 'metric.metadata["otel_stack.dropped"]';

const IS_GAUGE = "metric.type == METRIC_DATA_TYPE_GAUGE";
const IS_DELTA = "metric.aggregation_temporality == AGGREGATION_TEMPORALITY_DELTA";
const IS_HISTOGRAM =
    "(metric.type == METRIC_DATA_TYPE_HISTOGRAM or metric.type == METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM)";
const SET_DELTA = "set(metric.aggregation_temporality, AGGREGATION_TEMPORALITY_DELTA)";
const IS_SUMMARY = "metric.type == METRIC_DATA_TYPE_SUMMARY";

/** A histogram costs Prometheus many times as much as another series, so the two have separate limits. */
const KINDS = {
    others: `not ${IS_HISTOGRAM}`,
    histograms: IS_HISTOGRAM,
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = ["others", "histograms"] as const satisfies readonly Kind[];

/** How long a series counts after its last point. */
const EXPIRATIONS: Readonly<Record<keyof SeriesLimits, Duration>> = {
    // Senders export at least every two minutes.
    pool: "5m",
    // How long Prometheus holds a series in memory: until it writes a block of two hours, after three.
    total: "3h",
    // Less, because these are few, and any client with many service names can use them up for all services.
    spans: "30m",
};

const POOL_LIMITS = KIND_NAMES.flatMap((kind) =>
    POOLS.map((pool): Limit => ({
        name: `${kind}-${pool}`,
        kind,
        scope: "pool",
        condition: `${POOL} == ${pool} and ${KINDS[kind]}`,
    })),
);
const TOTAL_LIMITS = createLimits("total");
const SPAN_LIMITS = createLimits("spans");

/** The processors for metrics of services, in order. */
export const SERIES_LIMIT_PROCESSORS = createChain([...POOL_LIMITS, ...TOTAL_LIMITS]);
/** The processors for metrics from spans, in order. Their connector limits the series of a service. */
export const SPAN_SERIES_LIMIT_PROCESSORS = [...createChain(SPAN_LIMITS), ACCUMULATE_COUNTERS];

function createLimits(scope: "spans" | "total"): readonly Limit[] {
    return KIND_NAMES.map((kind): Limit => ({ name: `${kind}-${scope}`, kind, scope, condition: KINDS[kind] }));
}

function createChain(limits: readonly Limit[]): readonly ProcessorId[] {
    return [
        PREPARE_SERIES,
        ...limits.flatMap((limit) => [selectId(limit), limitId(limit)]),
        RESTORE_SERIES,
        DROP_UNUSED_COUNTERS,
    ];
}

function selectId({ name }: Limit): `transform/series-${LimitName}` {
    return `transform/series-${name}`;
}

function limitId({ name }: Limit): `delta_to_cumulative/series-${LimitName}` {
    return `delta_to_cumulative/series-${name}`;
}

/** Renders the processors that the pipelines use. */
export function renderSeriesLimit(
    limits: SeriesLimits,
    used: (id: ProcessorId) => boolean,
): CollectorConfig["processors"] {
    const usedLimits = [...POOL_LIMITS, ...TOTAL_LIMITS, ...SPAN_LIMITS].filter((limit) => used(limitId(limit)));
    return {
        ...(usedLimits.length > 0
            ? {
                  [PREPARE_SERIES]: prepareSeries(),
                  [RESTORE_SERIES]: restoreSeries(),
                  [DROP_UNUSED_COUNTERS]: dropUnusedCounters(),
              }
            : {}),
        ...(used(ACCUMULATE_COUNTERS)
            ? { [ACCUMULATE_COUNTERS]: { max_streams: MAX_COUNTERS, max_stale: REPAIRS_EXPIRATION } }
            : {}),
        ...Object.fromEntries(usedLimits.map((limit) => [selectId(limit), selectMetrics(limit.condition)] as const)),
        ...Object.fromEntries(usedLimits.map((limit) => [limitId(limit), renderLimit(limit, limits)] as const)),
    };
}

function renderLimit({ scope, kind }: Limit, limits: SeriesLimits): ProcessorTypes["delta_to_cumulative"] {
    return { max_streams: limits[scope][kind], max_stale: EXPIRATIONS[scope] };
}

/** A metric is selected only while its limit looks at it, because all limits look at delta metrics. */
function selectMetrics(condition: string): ProcessorTypes["transform"] {
    return {
        error_mode: "ignore",
        metric_statements: [{ context: "metric", conditions: [condition], statements: [SET_DELTA] }],
    };
}

/** The time of a point waits in its start time, which Prometheus does not read. */
function prepareSeries(): ProcessorTypes["transform"] {
    const service = 'resource.attributes["service.name"]';
    const instance = 'resource.attributes["service.instance.id"]';
    const hash = (value: string) => `set(${POOL}, FNV(${value}))`;
    const count = POOLS.length;
    return {
        error_mode: "ignore",
        metric_statements: [
            {
                context: "resource",
                conditions: [],
                statements: [
                    `${hash(service)} where ${service} != nil`,
                    // Metrics of pods and nodes have no service.
                    `${hash(instance)} where ${service} == nil and ${instance} != nil`,
                    `set(${POOL}, ${POOL} - (${POOL} / ${count}) * ${count}) where ${POOL} != nil`,
                    `set(${POOL}, 0 - ${POOL}) where ${POOL} != nil and ${POOL} < 0`,
                ],
            },
            {
                context: "metric",
                conditions: [IS_GAUGE, IS_DELTA],
                statements: [
                    `set(${KIND}, "gauge") where ${IS_GAUGE}`,
                    `convert_gauge_to_sum("cumulative", false) where ${IS_GAUGE}`,
                    `set(${KIND}, "delta") where ${IS_DELTA}`,
                    `set(metric.aggregation_temporality, AGGREGATION_TEMPORALITY_CUMULATIVE) where ${IS_DELTA}`,
                ],
            },
            {
                context: "datapoint",
                conditions: [`not (${IS_SUMMARY})`],
                statements: [
                    "set(datapoint.start_time_unix_nano, datapoint.time_unix_nano)",
                    "set(datapoint.time_unix_nano, 0)",
                ],
            },
            ...createCounters(),
        ],
    };
}

/**
 * A metric that loses all its points is dropped as well, so the number of its points is kept in a metric next to it. That
 * one is a gauge, so no limit looks at it.
 */
function createCounters(): readonly StatementGroup[] {
    return [
        {
            context: "metric",
            conditions: [
                `Len(metric.data_points) >= ${MIN_COUNTED_POINTS} and not ${IS_COUNTER} and not (${IS_SUMMARY})`,
            ],
            statements: [
                `set(${RECEIVED}, Len(metric.data_points))`,
                `copy_metric(name=Concat([metric.name, "${COUNTER_SUFFIX}"], "")) where not ${IS_HISTOGRAM}`,
                `extract_count_metric(false, "${COUNTER_SUFFIX}") where ${IS_HISTOGRAM}`,
            ],
        },
        {
            context: "metric",
            conditions: [IS_COUNTER],
            statements: [
                'set(metric.cache["received"], Len(metric.data_points))',
                'aggregate_on_attributes("max", [])',
                "convert_sum_to_gauge()",
                `delete_key(metric.metadata, "otel_stack.kind")`,
                `set(${RECEIVED}, metric.cache["received"])`,
            ],
        },
    ];
}

function finishCounters(): readonly StatementGroup[] {
    return [
        {
            context: "metric",
            conditions: [`${RECEIVED} != nil and not ${IS_COUNTER}`],
            statements: [`set(${KEPT}, Len(metric.data_points))`, 'delete_key(metric.metadata, "otel_stack.received")'],
        },
        {
            context: "metric",
            conditions: [IS_COUNTER],
            statements: [
                `set(metric.name, TrimSuffix(metric.name, "${COUNTER_SUFFIX}"))`,
                `set(${DROPPED}, ${RECEIVED})`,
                `set(${DROPPED}, ${RECEIVED} - ${KEPT}) where ${KEPT} != nil`,
            ],
        },
        {
            context: "datapoint",
            conditions: [`${DROPPED} != nil`],
            statements: [
                `set(datapoint.value_int, ${DROPPED})`,
                'set(datapoint.attributes["metric"], metric.name)',
                `set(datapoint.attributes["${COLLECTOR_ATTRIBUTE}"], "\${env:${POD_NAME_ENV}:-unknown}")`,
                "set(datapoint.time, Now())",
            ],
        },
        {
            context: "metric",
            conditions: [`${DROPPED} != nil and ${DROPPED} > 0`],
            statements: [
                `set(metric.name, "${DROPPED_POINTS}")`,
                'set(metric.description, "Points that were dropped because there are too many series")',
                'set(metric.unit, "{point}")',
                'convert_gauge_to_sum("delta", true)',
            ],
        },
    ];
}

function dropUnusedCounters(): ProcessorTypes["filter"] {
    return {
        error_mode: "ignore",
        metric_conditions: [{ context: "metric", conditions: [`${DROPPED} != nil and ${DROPPED} <= 0`] }],
    };
}

function restoreSeries(): ProcessorTypes["transform"] {
    return {
        error_mode: "ignore",
        metric_statements: [
            {
                context: "datapoint",
                conditions: [`not (${IS_SUMMARY})`],
                statements: [
                    "set(datapoint.time_unix_nano, datapoint.start_time_unix_nano)",
                    "set(datapoint.start_time_unix_nano, 0)",
                ],
            },
            {
                context: "metric",
                conditions: [`${KIND} != nil`],
                statements: [
                    `convert_sum_to_gauge() where ${KIND} == "gauge"`,
                    `${SET_DELTA} where ${KIND} == "delta"`,
                    'delete_key(metric.metadata, "otel_stack.kind")',
                ],
            },
            ...finishCounters(),
            {
                context: "resource",
                conditions: [],
                statements: ["pool", "kept"].map((key) => `delete_key(resource.attributes, "otel_stack.${key}")`),
            },
        ],
    };
}
