import { SIGNALS, type Signal } from "../../../config/types/signal";
import { parseBytes } from "../../../config/types/units";
import { type Counter, METRICS, counterName } from "./metrics";
import type { RecordingRule } from "./types";

/** The series that rules record; alerts and dashboards read them. All carry `job` and `instance`. */
export const RECORDING_RULES = {
    /** Items a second that clients were told are taken, by `signal`, `receiver` and `transport`. */
    accepted: "otelcol:receiver_accepted_items:rate",
    /** Items a second that left, by `signal` and `exporter`. */
    sent: "otelcol:exporter_sent_items:rate",
    /** Items of the last window that clients were told are not taken, by `signal`, `receiver` and `outcome`. */
    refused: "otelcol:receiver_refused_items:increase",
    /** Items of the last window that found a full queue, by `signal` and `exporter`. */
    queueFull: "otelcol:exporter_enqueue_failed_items:increase",
    /** Items of the last window that were taken and are lost, by `signal` and `exporter`. */
    dropped: "otelcol:exporter_send_failed_items:increase",
    /** Items of the last window that the memory limiter turned away, by `signal`. */
    limited: "otelcol:memory_limiter_refused_items:increase",
    /** Requests of the last window that came without valid credentials, by `transport`. */
    unauthenticated: "otelcol:requests_unauthenticated:increase",
    /** Traces of the last window that tail sampling dropped before it had decided. */
    undecided: "otelcol:tail_sampling_undecided_traces:increase",
    /** Requests of the last window that Azure Monitor did not take, by what it answered. */
    azureFailed: "otelcol:azure_monitor_failed_requests:increase",
    /** What each queue holds, as a part of what it can hold, by `exporter` and `data_type`. */
    queue: "otelcol:exporter_queue:ratio",
    /** Seconds until each queue that grows is full, by `exporter` and `data_type`. */
    queueTimeToFull: "otelcol:exporter_queue_time_to_full:seconds",
    /** What each queue on disk holds, or held when it was last seen, by `exporter` and `data_type`. */
    queueLastSize: "otelcol:exporter_queue_last:bytes",
    /** What a queue on disk has less than before its Collector started, with nothing sent since. */
    queueLost: "otelcol:exporter_queue_lost:bytes",
    /** Resident memory of each program, as a part of the limit above which it is killed. */
    memory: "otel_stack:memory:ratio",
} as const;

/** How each transport answers a request without valid credentials. */
const UNAUTHENTICATED_RESPONSES = [
    { transport: "http", metric: METRICS.httpResponses, answer: 'http_response_status_code="401"' },
    { transport: "grpc", metric: METRICS.grpcResponses, answer: 'rpc_response_status_code="UNAUTHENTICATED"' },
] as const;

/** A program whose memory is watched. */
export interface WatchedMemory {
    readonly job: string;
    /** The limit of its container, such as 256Mi. */
    readonly limit: string;
    readonly metric: (typeof METRICS)["anonymousMemory" | "heap" | "memory" | "residentMemory"];
}

export interface RecordingArgs {
    /** The `job` of the own metrics of each tier of Collectors. */
    readonly collectorJobs: readonly string[];
    /** Over what rates are taken, in seconds: some scrapes at least, and few enough to see an outage soon. */
    readonly rateSeconds: number;
    /** Over what failures are counted, in seconds: as long as one of them is worth an alert. */
    readonly windowSeconds: number;
    readonly memory: readonly WatchedMemory[];
    /** Of a batch at most, where queues stand on disk. */
    readonly batchBytes?: number | undefined;
    /** Whether traces are held until it is decided which are kept. */
    readonly tailSampling: boolean;
    /** Hosts that others than Azure Monitor's exporter talk to by HTTP, as patterns; undefined where it has none. */
    readonly otherHosts?: readonly string[] | undefined;
}

/** How soon after its start a Collector is seen for the first time. */
const STARTUP_SECONDS = 120;

export function renderRecordingRules(args: RecordingArgs): RecordingRule[] {
    const { batchBytes, collectorJobs, otherHosts, rateSeconds, tailSampling, windowSeconds, memory } = args;
    const jobs = jobMatcher(collectorJobs);
    const selectSeries = (metric: string) => `${metric}{${jobs}}`;
    const queue = { size: selectSeries(METRICS.queueSize), capacity: selectSeries(METRICS.queueCapacity) };

    const growth = (seconds: number) => `deriv(${queue.size}[${seconds}s])`;
    const rates = (record: string, counter: Counter) =>
        SIGNALS.map((signal) => ({
            record,
            expr: `rate(${selectSeries(counterName(counter, signal))}[${rateSeconds}s])`,
            labels: { signal },
        }));
    const failures = (record: string, counter: Counter, outcome?: string) =>
        SIGNALS.map((signal) => ({
            record,
            expr: increaseSinceCreated(counterName(counter, signal), jobs, windowSeconds),
            labels: recordLabels(signal, outcome),
        }));

    return [
        ...rates(RECORDING_RULES.accepted, "accepted"),
        ...rates(RECORDING_RULES.sent, "sent"),
        ...failures(RECORDING_RULES.refused, "refused", "refused"),
        ...failures(RECORDING_RULES.refused, "failed", "failed"),
        ...failures(RECORDING_RULES.queueFull, "enqueueFailed"),
        ...failures(RECORDING_RULES.dropped, "sendFailed"),
        ...failures(RECORDING_RULES.limited, "limited"),
        ...UNAUTHENTICATED_RESPONSES.map(({ transport, metric, answer }) => ({
            record: RECORDING_RULES.unauthenticated,
            expr: increaseSinceCreated(metric, jobs, windowSeconds, answer),
            labels: { transport },
        })),
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
            // Over the longer time, as it grows by batches; but not when it has just stopped to.
            expr: `(${queue.capacity} - ${queue.size}) / (${growth(windowSeconds)} > 0 and ${growth(rateSeconds)} > 0)`,
        },
        ...(batchBytes === undefined ? [] : persistentQueueRules(batchBytes, selectSeries)),
        {
            record: RECORDING_RULES.memory,
            expr: memory.map(({ job, limit, metric }) => `${metric}{job="${job}"} / ${parseBytes(limit)}`).join(" or "),
        },
    ];
}

/**
 * The exporter counts as sent what it has only tried to send, and lets nobody know when it gives up: what the requests
 * came to is all there is to see. One that nobody answered has no status.
 */
function azureRule(otherHosts: readonly string[], jobs: string, windowSeconds: number): RecordingRule {
    const failed = `http_response_status_code!~"2..",server_address!~"${otherHosts.join("|")}"`;
    return {
        record: RECORDING_RULES.azureFailed,
        expr: increaseSinceCreated(METRICS.clientResponses, jobs, windowSeconds, failed),
    };
}

/**
 * A queue on disk outlives its Collector: what is missing after a start was lost with its file, unless it was sent. Below
 * a batch it may have been, since the last look.
 */
function persistentQueueRules(batchBytes: number, selectSeries: (metric: string) => string): RecordingRule[] {
    const size = selectSeries(METRICS.queueSize);
    const sent = SIGNALS.map((signal) => selectSeries(counterName("sent", signal))).join(" or ");
    return [
        {
            // Before the next one, so that it compares with what was seen at the last evaluation.
            record: RECORDING_RULES.queueLost,
            expr:
                `${RECORDING_RULES.queueLastSize} - ${size} > ${batchBytes} ` +
                `and on (job, instance) ${selectSeries(METRICS.uptime)} < ${STARTUP_SECONDS} ` +
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

/** The matcher of series of one of those jobs. */
export function jobMatcher(jobs: readonly string[]): string {
    return jobs.length === 1 ? `job="${jobs.join("")}"` : `job=~"${jobs.join("|")}"`;
}

/**
 * What a counter has grown by. Many of the Collector's appear with their first failure and not at zero, so that
 * `increase` would pass over just that one: a counter that was not there a window ago counts in full. Unless nobody
 * looked a window ago, as after a start of Prometheus, when all counters are new and their failures may be old.
 */
function increaseSinceCreated(metric: string, jobs: string, windowSeconds: number, matcher?: string): string {
    const range = `${windowSeconds}s`;
    const counter = `${metric}{${[jobs, ...(matcher === undefined ? [] : [matcher])].join(",")}}`;
    const created = `(${counter} unless ${counter} offset ${range})`;
    const scraped = `(up{${jobs}} offset ${range} == 1 or on (job, instance) ${METRICS.uptime}{${jobs}} < ${windowSeconds})`;
    return `(${created} and on (job, instance) ${scraped}) or increase(${counter}[${range}])`;
}
