import { SIGNALS, type Signal } from "../../../config/types/signal";
import { parseBytes } from "../../../config/types/units";
import { REPAIRS_EXPIRATION } from "../../collector/config/repair-counts";
import { type Counter, METRICS, counterName } from "./metrics";
import type { RecordingRule } from "./types";

/** The recorded series, for alerts and dashboards. All have the labels `job` and `instance`. */
export const RECORDING_RULES = {
    /** Acknowledged items per second, by `signal`, `receiver` and `transport`. */
    accepted: "otelcol:receiver_accepted_items:rate",
    /** Sent items per second, by `signal` and `exporter`. */
    sent: "otelcol:exporter_sent_items:rate",
    /** Rejected items in the last window, by `signal`, `receiver` and `outcome`. */
    refused: "otelcol:receiver_refused_items:increase",
    /** Items that found a full queue in the last window, by `signal` and `exporter`. */
    queueFull: "otelcol:exporter_enqueue_failed_items:increase",
    /** Acknowledged items that were lost in the last window, by `signal` and `exporter`. */
    dropped: "otelcol:exporter_send_failed_items:increase",
    /** Items that the memory limiter rejected in the last window, by `signal`. */
    limited: "otelcol:memory_limiter_refused_items:increase",
    /** Requests without valid credentials in the last window, by `transport`. */
    unauthenticated: "otelcol:requests_unauthenticated:increase",
    /** Requests that the receiver rejected as too large or malformed in the last window, by `transport` and `code`. */
    rejected: "otelcol:requests_rejected:increase",
    /** Points that were dropped in the last window because there are too many series. */
    seriesDropped: "otelcol:series_dropped_points:increase",
    /** The same for each `metric` with many points in a request. `job` is its service. */
    metricDropped: "otel_stack:dropped_points:increase",
    /** Number of series of the service that has the most, for its largest metric. `job` is the service. */
    largestMetric: "otel_stack:largest_metric_series:count",
    /** Points of delta metrics that were dropped in the last window, by `error`. */
    deltaDropped: "otelcol:delta_points_dropped:increase",
    /** Spans that were omitted from the service graph in the last window. */
    unpairedSpans: "otelcol:service_graph_dropped_spans:increase",
    /** Items that were repaired in the last window, by `signal` and `reason`. `job` is their service. */
    repaired: "otel_stack:repaired_items:increase",
    /** Traces that tail sampling dropped before a decision in the last window. */
    undecided: "otelcol:tail_sampling_undecided_traces:increase",
    /** Requests that Azure Monitor did not accept in the last window, by status or error. */
    azureFailed: "otelcol:azure_monitor_failed_requests:increase",
    /** Size of each queue relative to its capacity, by `exporter` and `data_type`. */
    queue: "otelcol:exporter_queue:ratio",
    /** Seconds until each growing queue is full, by `exporter` and `data_type`. */
    queueTimeToFull: "otelcol:exporter_queue_time_to_full:seconds",
    /** Size of each persistent queue, or its last known size, by `exporter` and `data_type`. */
    queueLastSize: "otelcol:exporter_queue_last:bytes",
    /** Bytes that a persistent queue lost in a restart of its Collector. */
    queueLost: "otelcol:exporter_queue_lost:bytes",
    /** Resident memory of each program relative to the limit of its container. */
    memory: "otel_stack:memory:ratio",
} as const;

/** The response of each transport to a request without valid credentials. */
const UNAUTHENTICATED_RESPONSES = [
    { transport: "http", metric: METRICS.httpResponses, answer: 'http_response_status_code="401"' },
    { transport: "grpc", metric: METRICS.grpcResponses, answer: 'rpc_response_status_code="UNAUTHENTICATED"' },
] as const;

/**
 * The responses to a request that is larger than `collector.receiver.maxRequestSize`. Over HTTP, a malformed request gets
 * the same one. Other metrics count neither.
 */
const REJECTED_RESPONSES = [
    ...["400", "413", "415"].map((code) => ({
        transport: "http",
        metric: METRICS.httpResponses,
        answer: `http_response_status_code="${code}"`,
        code,
    })),
    {
        transport: "grpc",
        metric: METRICS.grpcResponses,
        answer: 'rpc_response_status_code="RESOURCE_EXHAUSTED"',
        code: "RESOURCE_EXHAUSTED",
    },
] as const;

/** The processor that adds up delta metrics also limits the number of series of all metrics. */
const SERIES_LIMIT_ERROR = "limit";

/** A program with a memory alert. */
export interface WatchedMemory {
    readonly job: string;
    /** Memory limit of its container, such as 256Mi. */
    readonly limit: string;
    readonly metric: (typeof METRICS)["anonymousMemory" | "heap" | "memory" | "residentMemory"];
}

export interface RecordingArgs {
    /** The `job` label of each tier's own metrics. */
    readonly collectorJobs: readonly string[];
    /** The window of rates, in seconds: several scrapes, but short enough to show an outage soon. */
    readonly rateSeconds: number;
    /** Between two scrapes. */
    readonly scrapeSeconds: number;
    /** The window of failure counts, in seconds: how long one failure keeps an alert active. */
    readonly windowSeconds: number;
    readonly memory: readonly WatchedMemory[];
    /** Maximum size of a batch. Undefined without persistent queues. */
    readonly batchBytes?: number | undefined;
    /** Whether the Collectors build a service graph. */
    readonly spanMetrics: boolean;
    /** Whether traces wait for a tail sampling decision. */
    readonly tailSampling: boolean;
    /** Hosts of HTTP exporters other than Azure Monitor's, as patterns. Undefined without Azure Monitor. */
    readonly otherHosts?: readonly string[] | undefined;
}

/** Maximum time between the start of a Collector and the time from which it can be scraped. */
const STARTUP_SECONDS = 110;

/** The debug exporter prints copies. What does not fit into its queue is stored all the same. */
const NOT_PRINTING = 'exporter!="debug"';

export function renderRecordingRules(args: RecordingArgs): RecordingRule[] {
    const {
        batchBytes,
        collectorJobs,
        otherHosts,
        rateSeconds,
        scrapeSeconds,
        spanMetrics,
        tailSampling,
        windowSeconds,
        memory,
    } = args;
    const jobs = jobMatcher(collectorJobs);
    const selectSeries = (metric: string) => `${metric}{${jobs}}`;
    const selectQueue = (metric: string) => `${metric}{${jobs},${NOT_PRINTING}}`;
    const queue = { size: selectQueue(METRICS.queueSize), capacity: selectQueue(METRICS.queueCapacity) };

    const growth = (seconds: number) => `deriv(${queue.size}[${seconds}s])`;
    const rates = (record: string, counter: Counter) =>
        SIGNALS.map((signal) => ({
            record,
            expr: `rate(${selectSeries(counterName(counter, signal))}[${rateSeconds}s])`,
            labels: { signal },
        }));
    const failures = (record: string, counter: Counter, outcome?: string, matcher?: string) =>
        SIGNALS.map((signal) => ({
            record,
            expr: increaseSinceCreated(counterName(counter, signal), jobs, windowSeconds, matcher),
            labels: recordLabels(signal, outcome),
        }));

    return [
        ...rates(RECORDING_RULES.accepted, "accepted"),
        ...rates(RECORDING_RULES.sent, "sent"),
        ...failures(RECORDING_RULES.refused, "refused", "refused"),
        ...failures(RECORDING_RULES.refused, "failed", "failed"),
        ...failures(RECORDING_RULES.queueFull, "enqueueFailed", undefined, NOT_PRINTING),
        ...failures(RECORDING_RULES.dropped, "sendFailed"),
        {
            record: RECORDING_RULES.dropped,
            expr: increaseSinceCreated(METRICS.untranslated, jobs, windowSeconds),
            labels: { signal: "metrics" },
        },
        ...failures(RECORDING_RULES.limited, "limited"),
        ...UNAUTHENTICATED_RESPONSES.map(({ transport, metric, answer }) => ({
            record: RECORDING_RULES.unauthenticated,
            expr: increaseSinceCreated(metric, jobs, windowSeconds, answer),
            labels: { transport },
        })),
        ...REJECTED_RESPONSES.map(({ transport, metric, answer, code }) => ({
            record: RECORDING_RULES.rejected,
            expr: increaseSinceCreated(metric, jobs, windowSeconds, answer),
            labels: { transport, code },
        })),
        {
            record: RECORDING_RULES.deltaDropped,
            expr: increaseSinceCreated(METRICS.deltaPoints, jobs, windowSeconds, `error!~"|${SERIES_LIMIT_ERROR}"`),
        },
        {
            record: RECORDING_RULES.seriesDropped,
            expr: increaseSinceCreated(METRICS.deltaPoints, jobs, windowSeconds, `error="${SERIES_LIMIT_ERROR}"`),
        },
        ...(spanMetrics
            ? [
                  {
                      record: RECORDING_RULES.unpairedSpans,
                      expr: increaseSinceCreated(METRICS.unpairedSpans, jobs, windowSeconds),
                  },
              ]
            : []),
        { record: RECORDING_RULES.repaired, expr: pushedIncrease(METRICS.repairedItems, windowSeconds) },
        {
            record: RECORDING_RULES.metricDropped,
            // The scrape has each of them again.
            expr: pushedIncrease(`${METRICS.droppedPoints}{exported_job=""}`, windowSeconds),
        },
        ...(tailSampling
            ? [
                  {
                      record: RECORDING_RULES.undecided,
                      expr: increaseSinceCreated(METRICS.undecided, jobs, windowSeconds),
                  },
              ]
            : []),
        ...(otherHosts === undefined ? [] : [azureRule(otherHosts, jobs, windowSeconds)]),
        { record: RECORDING_RULES.queue, expr: `${queue.size} / ${queue.capacity}` },
        {
            record: RECORDING_RULES.queueTimeToFull,
            // Uses the longer window, because the queue grows by batches, but not if the growth has just stopped.
            expr: `(${queue.capacity} - ${queue.size}) / (${growth(windowSeconds)} > 0 and ${growth(rateSeconds)} > 0)`,
        },
        ...(batchBytes === undefined
            ? []
            : persistentQueueRules(batchBytes, STARTUP_SECONDS + scrapeSeconds, selectSeries)),
        {
            record: RECORDING_RULES.memory,
            expr: memory.map(({ job, limit, metric }) => `${metric}{job="${job}"} / ${parseBytes(limit)}`).join(" or "),
        },
    ];
}

/**
 * The exporter counts a request as sent when it only tried, and does not report when it gives up. So the rule counts
 * responses instead. A request without a response has no status.
 */
function azureRule(otherHosts: readonly string[], jobs: string, windowSeconds: number): RecordingRule {
    const failed = `http_response_status_code!~"2..",server_address!~"${otherHosts.join("|")}"`;
    return {
        record: RECORDING_RULES.azureFailed,
        expr: increaseSinceCreated(METRICS.clientResponses, jobs, windowSeconds, failed),
    };
}

/**
 * A persistent queue survives a restart of its Collector. Missing data was lost with its file, unless it was sent. Less
 * than a batch may have been sent since the last scrape.
 */
function persistentQueueRules(
    batchBytes: number,
    firstScrapeSeconds: number,
    selectSeries: (metric: string) => string,
): RecordingRule[] {
    const size = selectSeries(METRICS.queueSize);
    const sent = SIGNALS.map((signal) => selectSeries(counterName("sent", signal))).join(" or ");
    return [
        {
            // Before the next rule, so that it compares with the value of the previous evaluation.
            record: RECORDING_RULES.queueLost,
            expr:
                `${RECORDING_RULES.queueLastSize} - ${size} > ${batchBytes} ` +
                `and on (job, instance) ${selectSeries(METRICS.uptime)} < ${firstScrapeSeconds} ` +
                `unless on (job, instance, exporter) (${sent}) > 0`,
        },
        {
            record: RECORDING_RULES.queueLastSize,
            expr: `${size} or last_over_time(${RECORDING_RULES.queueLastSize}[1d]) and on (job, instance) ${selectSeries(METRICS.up)}`,
        },
    ];
}

function recordLabels(signal: Signal, outcome: string | undefined): Readonly<Record<string, string>> {
    return outcome === undefined ? { signal } : { signal, outcome };
}

/** Matches the series of any of these jobs. */
export function jobMatcher(jobs: readonly string[]): string {
    return jobs.length === 1 ? `job="${jobs.join("")}"` : `job=~"${jobs.join("|")}"`;
}

/**
 * The increase of a counter. Many of the Collector's counters appear with their first failure, not at zero, and
 * `increase` would miss that one. So a counter that did not exist a window ago counts in full. An exception is a
 * Prometheus that did not run a window ago: all counters are new to it, and their failures may be old.
 */
function increaseSinceCreated(metric: string, jobs: string, windowSeconds: number, matcher?: string): string {
    const range = `${windowSeconds}s`;
    const counter = `${metric}{${[jobs, ...(matcher === undefined ? [] : [matcher])].join(",")}}`;
    const created = `(${counter} unless ${counter} offset ${range})`;
    const scraped = `(up{${jobs}} offset ${range} == 1 or on (job, instance) ${METRICS.uptime}{${jobs}} < ${windowSeconds})`;
    return `(${created} and on (job, instance) ${scraped}) or increase(${counter}[${range}])`;
}

/**
 * The increase of a counter that is pushed only when it changes. `increase` needs two samples in the window. A counter
 * that is new, or that started again because its pod did or because nothing changed for an hour, counts in full.
 */
function pushedIncrease(metric: string, windowSeconds: number): string {
    const before = `last_over_time(${metric}[${REPAIRS_EXPIRATION}] offset ${windowSeconds}s)`;
    return `${metric} - (${before} <= ${metric}) or ${metric}`;
}
