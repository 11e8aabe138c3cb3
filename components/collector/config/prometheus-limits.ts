import { ENVIRONMENT_ATTRIBUTE } from "../../telemetry/names";
import { SENDER_IP } from "./k8s-attributes";
import { type Repair, renderAttributeLimit, renderRepairs } from "./repairs";
import { COLLECTOR_ATTRIBUTE, SERIES_LIMIT_PROCESSORS } from "./series-limit";
import { DELETE_EMPTY_NAMESPACE } from "./service-name-repairs";
import { POD_NAME_ENV } from "./span-metrics";
import type { StatementGroup } from "./types/cluster-telemetry";
import type { CollectorConfig, ProcessorId, ProcessorTypes } from "./types/collector-config";

const SET_INSTANCE = "resource/instance" as const satisfies ProcessorId;
const ACCUMULATE_DELTAS = "delta_to_cumulative" as const satisfies ProcessorId;
const PROMETHEUS_LIMITS = "transform/prometheus-limits" as const satisfies ProcessorId;
const DROP_EMPTY_METRICS = "filter/prometheus-limits" as const satisfies ProcessorId;

/** What Prometheus cannot take is repaired in this order, before the points of all services share a request. */
export const PROMETHEUS_LIMIT_PROCESSORS = [
    SET_INSTANCE,
    PROMETHEUS_LIMITS,
    ...SERIES_LIMIT_PROCESSORS,
    ACCUMULATE_DELTAS,
    DROP_EMPTY_METRICS,
] as const;

export interface PrometheusLimitArgs {
    /** A point that is older than this, in seconds, gets the time of its arrival. */
    readonly maxPointAgeSeconds: number;
    /** Whether several pods receive metrics. The points of one series then reach any of them. */
    readonly multiReplica: boolean;
}

/** Prometheus refuses points that are more than ten minutes ahead. This leaves room for its own clock. */
const MAX_SECONDS_AHEAD = 540;

/** Bounds the memory for delta series: about 1 KiB each, more for histograms. Points of other series are dropped. */
const MAX_DELTA_SERIES = 10_000;
/** After this time without a point, the total of a delta series starts again at zero. */
const DELTA_EXPIRATION = "1h";

/** Marks a histogram for the statements that see whole metrics. It does not reach the store. */
const IS_COARSE = 'metric.metadata["otel_stack.coarse"] != nil';
/** Prometheus' name of a metric has letters, digits, underscores and colons. Nothing is left of a name without these. */
const HAS_NO_NAME = 'not IsMatch(metric.name, "[a-zA-Z0-9:]")';
const UNNAMED = "unnamed";
const HAS_NO_TEMPORALITY = "metric.aggregation_temporality == AGGREGATION_TEMPORALITY_UNSPECIFIED";
const IS_DELTA = "metric.aggregation_temporality == AGGREGATION_TEMPORALITY_DELTA";
/** Prometheus' native histograms have no wider buckets. */
const MIN_SCALE = -4;

/** Prometheus and the Collector hold the labels of a series in memory, so their size is bounded like their number. */
const MAX_NAME_BYTES = 255;
const MAX_ATTRIBUTES = 64;
const MAX_VALUE_BYTES = 1024;
/** Points with more attributes than this have shorter values. */
const MANY_ATTRIBUTES = 16;
const MAX_VALUE_BYTES_OF_MANY = 128;
/** Keeps series apart whose difference was in what is removed. */
const HASH_ATTRIBUTE = "otel_stack.hash";
/** Name the sender of a metric. */
const RESOURCE_KEYS = ["service.name", "service.namespace", "service.instance.id"] as const;
/** Each bucket of a histogram is a series. */
const MAX_BUCKETS = 64;
const IS_LONG_NAME = `Len(metric.name) > ${MAX_NAME_BYTES}`;

const NANOSECONDS = 1_000_000_000;

/** Keys for which Prometheus has a label of its own, so the attribute would be lost or break the scrape. */
const RESERVED_KEYS = [
    { key: "le", isReserved: "metric.type == METRIC_DATA_TYPE_HISTOGRAM" },
    { key: "quantile", isReserved: "metric.type == METRIC_DATA_TYPE_SUMMARY" },
    { key: "job", isReserved: 'resource.attributes["service.name"] != nil' },
    { key: "instance", isReserved: 'resource.attributes["service.instance.id"] != nil' },
].map(({ key, isReserved }) => ({ key, condition: `datapoint.attributes["${key}"] != nil and ${isReserved}` }));

const RESERVED_KEY_REPAIR: Repair = {
    reason: "reserved_key",
    condition: RESERVED_KEYS.map(({ condition }) => condition).join(" or "),
    statements: RESERVED_KEYS.flatMap(({ key, condition }) =>
        renameKey("datapoint.attributes", key, `attribute_${key}`).map(
            (statement) => `${statement} where ${condition}`,
        ),
    ),
};

/**
 * Renders the processors that repair metrics for Prometheus, for remote write and OTLP alike. Prometheus rejects a
 * whole OTLP request for one point that it cannot take, a whole remote write request for one time, and a whole scrape
 * for one label.
 */
export function renderPrometheusLimits(args: PrometheusLimitArgs): CollectorConfig["processors"] {
    return {
        [SET_INSTANCE]: setInstance(),
        [PROMETHEUS_LIMITS]: repairMetrics(args),
        // Prometheus stores totals. The processor takes all types, and adds up the points of each series.
        [ACCUMULATE_DELTAS]: { max_streams: MAX_DELTA_SERIES, max_stale: DELTA_EXPIRATION },
        // Neither is data of a service: a metric without points, and a histogram whose count and sum were extracted.
        [DROP_EMPTY_METRICS]: {
            error_mode: "ignore",
            metric_conditions: [
                {
                    context: "metric",
                    conditions: ["metric.type == METRIC_DATA_TYPE_NONE", IS_COARSE],
                },
            ],
        },
    };
}

/**
 * Without an instance, replicas of a service write the same series, and rates are wrong. Some SDKs set none. A pod's name
 * is preferred to its uid, so that the series of a StatefulSet's pods continue after a restart. Metrics of a host have no
 * service name, and its name alone separates them.
 */
function setInstance(): ProcessorTypes["resource"] {
    const key = "service.instance.id";
    return {
        attributes: [
            ...["k8s.pod.name", "k8s.pod.uid", "host.name", "host.id", SENDER_IP, "k8s.node.name"].map(
                (from_attribute) => ({ key, from_attribute, action: "insert" }) as const,
            ),
            { key, from_context: "client.address", action: "insert" },
        ],
    };
}

const ENVIRONMENT = `["${ENVIRONMENT_ATTRIBUTE}"]`;

/** A label, as in span metrics and log streams. Prometheus has namespace, name and instance in `job` and `instance`. */
const ADD_ENVIRONMENT: StatementGroup = {
    context: "datapoint",
    conditions: [`resource.attributes${ENVIRONMENT} != nil`],
    statements: [`set(datapoint.attributes${ENVIRONMENT}, resource.attributes${ENVIRONMENT})`],
};

function repairMetrics({ maxPointAgeSeconds, multiReplica }: PrometheusLimitArgs): ProcessorTypes["transform"] {
    return {
        // An error of a statement must not drop the batch.
        error_mode: "ignore",
        metric_statements: [
            {
                context: "resource",
                conditions: ['resource.attributes[""] != nil'],
                statements: renameKey("resource.attributes", "", "key"),
            },
            limitResource(),
            DELETE_EMPTY_NAMESPACE,
            ADD_ENVIRONMENT,
            ...(multiReplica ? [separateDeltas()] : []),
            { context: "datapoint", conditions: [], statements: limitLabels("datapoint.attributes") },
            renderRepairs("datapoint", repairPoints(maxPointAgeSeconds)),
            {
                context: "metric",
                conditions: [HAS_NO_NAME, HAS_NO_TEMPORALITY, IS_COARSE, IS_LONG_NAME],
                statements: [
                    `set(metric.name, Substring(metric.name, 0, ${MAX_NAME_BYTES})) where ${IS_LONG_NAME}`,
                    `set(metric.name, "${UNNAMED}") where ${HAS_NO_NAME}`,
                    `set(metric.aggregation_temporality, AGGREGATION_TEMPORALITY_CUMULATIVE) where ${HAS_NO_TEMPORALITY}`,
                    `extract_count_metric(false) where ${IS_COARSE}`,
                    `extract_sum_metric(false) where ${IS_COARSE}`,
                ],
            },
        ],
    };
}

/** Each pod has its own total of a series, so the totals must be different series. */
function separateDeltas(): StatementGroup {
    return {
        context: "datapoint",
        conditions: [IS_DELTA],
        statements: [`set(datapoint.attributes["${COLLECTOR_ATTRIBUTE}"], "\${env:${POD_NAME_ENV}:-unknown}")`],
    };
}

/** Metrics without a name or temporality are marked here and repaired later, because only points have attributes. */
function repairPoints(maxPointAgeSeconds: number): readonly Repair[] {
    const distance = clockDistance(maxPointAgeSeconds);
    const setTime = "set(datapoint.time, Now())";
    return [
        { reason: "clock_behind", condition: `${distance} > 0`, statements: [setTime] },
        { reason: "clock_ahead", condition: `${distance} < 0`, statements: [setTime] },
        { reason: "no_metric_name", condition: HAS_NO_NAME, statements: [] },
        { reason: "no_temporality", condition: HAS_NO_TEMPORALITY, statements: [] },
        {
            reason: "coarse_histogram",
            condition: `metric.type == METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM and datapoint.scale < ${MIN_SCALE}`,
            statements: ['set(metric.metadata["otel_stack.coarse"], true)'],
        },
        {
            reason: "empty_key",
            condition: 'datapoint.attributes[""] != nil',
            statements: renameKey("datapoint.attributes", "", "key"),
        },
        RESERVED_KEY_REPAIR,
        { reason: "name_too_long", condition: IS_LONG_NAME, statements: [] },
        repairLabels(),
        {
            reason: "too_many_buckets",
            condition: `metric.type == METRIC_DATA_TYPE_HISTOGRAM and Len(datapoint.explicit_bounds) >= ${MAX_BUCKETS}`,
            statements: ['set(metric.metadata["otel_stack.coarse"], true)'],
        },
    ];
}

function repairLabels(): Repair {
    const attributes = "datapoint.attributes";
    const texts = `Concat([Concat(Keys(${attributes}), ","), Concat(Values(${attributes}), ",")], ",")`;
    return {
        reason: "too_many_attributes",
        condition: `Len(${attributes}) > ${MAX_ATTRIBUTES}`,
        statements: [
            `set(${attributes}["${HASH_ATTRIBUTE}"], Hex(FNV(${texts})))`,
            renderAttributeLimit(attributes, MAX_ATTRIBUTES, [HASH_ATTRIBUTE]),
        ],
    };
}

/** Not counted as a repair: a look at the size of each key and value costs more than these statements. */
function limitLabels(attributes: string): readonly string[] {
    return [
        `delete_matching_keys(${attributes}, "^(?s:.{${MAX_NAME_BYTES + 1}})")`,
        `truncate_all(${attributes}, ${MAX_VALUE_BYTES})`,
        `truncate_all(${attributes}, ${MAX_VALUE_BYTES_OF_MANY}) where Len(${attributes}) > ${MANY_ATTRIBUTES}`,
    ];
}

/** Prometheus stores the attributes of a resource as labels of `target_info`. */
function limitResource(): StatementGroup<"resource"> {
    const attributes = "resource.attributes";
    return {
        context: "resource",
        conditions: [],
        statements: [renderAttributeLimit(attributes, MAX_ATTRIBUTES, RESOURCE_KEYS), ...limitLabels(attributes)],
    };
}

/**
 * An OTTL expression that is zero for a time that Prometheus takes, positive for an earlier time and negative for a
 * later one. The division rounds towards zero, so one comparison checks both ends.
 */
function clockDistance(maxPointAgeSeconds: number): string {
    const middle = ((maxPointAgeSeconds - MAX_SECONDS_AHEAD) / 2) * NANOSECONDS;
    const halfWidth = ((maxPointAgeSeconds + MAX_SECONDS_AHEAD) / 2) * NANOSECONDS;
    return `(UnixNano(Now()) - datapoint.time_unix_nano - ${middle}) / ${halfWidth}`;
}

function renameKey(attributes: string, from: string, to: string): readonly string[] {
    return [`set(${attributes}["${to}"], ${attributes}["${from}"])`, `delete_key(${attributes}, "${from}")`];
}
