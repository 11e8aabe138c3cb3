import { alert } from "./alert";
import {
    type DestinationAlertArgs,
    destinationAlerts,
    excludeAzureLimiter,
    excludeDropping,
} from "./destination-alerts";
import { METRICS } from "./metrics";
import { RECORDING_RULES, jobMatcher } from "./recording";
import { traceTierDown } from "./trace-tier-alerts";
import type { AlertingRule } from "./types";
import { victoriaLogsAlerts } from "./victoria-logs-alerts";

export interface AlertingArgs {
    /** The `job` label of the Collector's own metrics. */
    readonly collectorJob: string;
    /** The `job` label of the trace tier's own metrics. Undefined without a trace tier. */
    readonly traceTierJob?: string | undefined;
    /** The `job` label of each backend that Prometheus scrapes. */
    readonly backendJobs: readonly string[];
    /** Whether the stack creates span metrics. */
    readonly spanMetrics: boolean;
    /** The `job` label of VictoriaLogs. Undefined if it is disabled. */
    readonly victoriaLogsJob?: string | undefined;
    /** The window of increases, in seconds. */
    readonly windowSeconds: number;
    /** Whether sending queues are persistent. */
    readonly persistentQueues: boolean;
    readonly destinations: DestinationAlertArgs;
}

const QUEUE_WARNING_SECONDS = 900;
/** Below this ratio, a growing queue is only collecting a batch. */
const MIN_QUEUE_RATIO = 0.2;
/** The memory limiter acts at about 80 %, so usage above this is memory that it does not see. */
const MEMORY_WARNING_RATIO = 0.85;
/** More series than all programs of the stack have, so that starting one of them does not fire the alert. */
const MIN_SERIES_GROWTH = 10_000;
const SERIES_GROWTH_FACTOR = 1.5;

export function renderAlertingRules(args: AlertingArgs): AlertingRule[] {
    return [
        ...dataAlerts(args),
        ...queueAlerts(args),
        ...destinationAlerts(args.destinations),
        ...programAlerts(args),
        ...(args.victoriaLogsJob === undefined ? [] : victoriaLogsAlerts(args.victoriaLogsJob, args.windowSeconds)),
        ...prometheusAlerts(args),
    ];
}

/** Rejected, dropped and missing telemetry. */
function dataAlerts({ collectorJob, destinations }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorRejectingData", "warning", {
            expr: `sum by (job, instance, signal, receiver) (${RECORDING_RULES.refused}) > 0`,
            for: "1m",
            summary: "Collector {{ $labels.instance }} is rejecting {{ $labels.signal }}",
            description:
                "It rejected {{ $value | humanize }} items. SDKs retry for 0 to 22 seconds and then drop them.",
        }),
        alert("CollectorDroppingData", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.dropped}) > 0`,
            summary: "Collector {{ $labels.instance }} is dropping {{ $labels.signal }} for {{ $labels.exporter }}",
            description:
                "{{ $value | humanize }} acknowledged items are lost: the backend permanently rejected them or did not accept them in time.",
        }),
        alert("CollectorMemoryLimiterActive", "warning", {
            expr: `sum by (job, instance, signal) (${RECORDING_RULES.limited}${excludeAzureLimiter(destinations)}) > 0`,
            summary: "Collector {{ $labels.instance }} is rejecting {{ $labels.signal }} because its memory is full",
            description: "The memory limiter rejected {{ $value | humanize }} items.",
        }),
        alert("CollectorUnauthenticatedRequests", "warning", {
            expr: `sum by (job, instance, transport) (${RECORDING_RULES.unauthenticated}) > 0`,
            for: "1m",
            summary: "Collector {{ $labels.instance }} is rejecting unauthenticated {{ $labels.transport }} requests",
            description:
                "{{ $value | humanize }} requests had no valid credentials. Their data is lost, because SDKs do not retry them.",
        }),
        alert("CollectorNoTelemetryReceived", "info", {
            expr: `sum by (signal) (${RECORDING_RULES.accepted}) == 0 or absent(${RECORDING_RULES.accepted}) and on () up{job="${collectorJob}"} == 1`,
            for: "15m",
            summary: `No {{ or $labels.signal "telemetry" }} received for 15 minutes`,
            description: "The Collector is running, but clients send none.",
        }),
    ];
}

/** The Collector's sending queues. */
function queueAlerts({
    collectorJob,
    destinations,
    persistentQueues,
    traceTierJob,
    windowSeconds,
}: AlertingArgs): AlertingRule[] {
    const jobs = jobMatcher([collectorJob, ...(traceTierJob === undefined ? [] : [traceTierJob])]);
    return [
        ...(persistentQueues ? [persistentQueueLost(windowSeconds)] : []),
        alert("CollectorQueueFull", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.queueFull}${excludeDropping(destinations)}) > 0`,
            summary: "Queue of {{ $labels.exporter }} on {{ $labels.instance }} is full",
            description: `{{ $value | humanize }} {{ $labels.signal }} items did not fit and ${describeLoss(destinations, traceTierJob !== undefined)}.`,
        }),
        alert("CollectorQueueFilling", "warning", {
            expr: `${RECORDING_RULES.queueTimeToFull} < ${QUEUE_WARNING_SECONDS} and ${RECORDING_RULES.queue} > ${MIN_QUEUE_RATIO}`,
            for: "30s",
            summary: "Queue of {{ $labels.exporter }} on {{ $labels.instance }} is filling",
            description: `At this rate it will be full in {{ $value | humanizeDuration }}. Then ${describeConsequence(destinations)}.`,
        }),
        alert("CollectorExporterStalled", "warning", {
            // Retries do not count as failed until they end. They show as requests in flight while no items are sent.
            expr:
                `sum by (job, instance, exporter) (${METRICS.inFlight}{${jobs}}) > 0 ` +
                `unless on (job, instance, exporter) sum by (job, instance, exporter) (${RECORDING_RULES.sent}) > 0`,
            for: "1m",
            summary: "Exporter {{ $labels.exporter }} on {{ $labels.instance }} cannot send data",
            description: "It keeps retrying {{ $value }} requests, and its queue is filling.",
        }),
    ];
}

/**
 * With tail sampling, clients got their response before the data reached the queue. Only the ingest tier's exporter to
 * the trace tier still returns errors to clients.
 */
function describeLoss({ tailSampling }: DestinationAlertArgs, isTwoTier: boolean): string {
    const returned = "were rejected";
    const held = isTwoTier
        ? 'and (eq $labels.signal "traces") (ne $labels.exporter "load_balancing")'
        : 'eq $labels.signal "traces"';
    return tailSampling ? `{{ if ${held} }}are lost{{ else }}${returned}{{ end }}` : returned;
}

function describeConsequence({ droppingExporters, tailSampling }: DestinationAlertArgs): string {
    return [
        "the Collector rejects data",
        ...(tailSampling ? ["loses traces"] : []),
        ...(droppingExporters.length === 0 ? [] : ["drops data for a destination with onQueueFull: drop"]),
    ].join(", or ");
}

function persistentQueueLost(windowSeconds: number): AlertingRule {
    return alert("CollectorPersistentQueueLost", "critical", {
        expr: `max_over_time(${RECORDING_RULES.queueLost}[${windowSeconds}s]) > 0`,
        summary: "Queue of {{ $labels.exporter }} on {{ $labels.instance }} is lost",
        description: "{{ $value | humanize1024 }}B of acknowledged data are missing after a restart.",
    });
}

/** The programs of the stack. */
function programAlerts({ collectorJob, backendJobs, traceTierJob }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorDown", "critical", {
            // With DNS discovery, a missing pod is no target at all, so `up` is absent instead of 0.
            expr: `absent(up{job="${collectorJob}"} == 1)`,
            for: "1m",
            summary: "No Collector is reachable",
            description: "No Collector receives telemetry, or Prometheus cannot scrape the one that does.",
        }),
        ...(traceTierJob === undefined ? [] : [traceTierDown(traceTierJob)]),
        ...(backendJobs.length === 0 ? [] : [backendDown(backendJobs)]),
        alert("TargetDown", "warning", {
            expr: `up${matchOtherJobs(backendJobs)} == 0`,
            for: "1m",
            summary: "Prometheus cannot scrape {{ $labels.job }} at {{ $labels.instance }}",
            description: "Its metrics have a gap, and alerts based on them cannot fire.",
        }),
        alert("MemoryNearLimit", "warning", {
            expr: `${RECORDING_RULES.memory} > ${MEMORY_WARNING_RATIO}`,
            for: "2m",
            summary: "{{ $labels.job }} uses {{ $value | humanizePercentage }} of its memory limit",
            description: "At the limit, the kernel kills it, and its data in memory is lost.",
        }),
    ];
}

function backendDown(jobs: readonly string[]): AlertingRule {
    return alert("BackendDown", "critical", {
        expr: [`up{job=~"${jobs.join("|")}"} == 0`, ...jobs.map((job) => `absent(up{job="${job}"})`)].join(" or "),
        for: "1m",
        summary: "{{ $labels.job }} is not reachable",
        description: "Its data cannot be queried, and new data waits in the Collector's queue.",
    });
}

/** Excludes jobs that have their own alert. */
function matchOtherJobs(backendJobs: readonly string[]): string {
    return backendJobs.length === 0 ? "" : `{job!~"${backendJobs.join("|")}"}`;
}

/** Prometheus itself. */
function prometheusAlerts({ spanMetrics, windowSeconds }: AlertingArgs): AlertingRule[] {
    const before = `${METRICS.headSeries} offset 30m`;
    return [
        alert("PrometheusSeriesGrowth", "warning", {
            expr:
                `${METRICS.headSeries} - ${before} > ${MIN_SERIES_GROWTH} ` +
                `and ${METRICS.headSeries} > ${SERIES_GROWTH_FACTOR} * ${before}`,
            for: "2m",
            summary: "Prometheus has {{ $value | humanize }} more series than 30 minutes ago",
            description: "A label has too many values. Each series uses memory until Prometheus reaches its limit.",
        }),
        ...(spanMetrics ? [spanMetricsOverflow()] : []),
        alert("PrometheusRuleFailures", "warning", {
            expr: `increase(${METRICS.ruleFailures}[${windowSeconds}s]) > 0`,
            summary: "Evaluation of rules in {{ $labels.rule_group }} is failing",
            description: "Alerts in this group may fail to fire.",
        }),
    ];
}

/** The series limit of the span metrics connector. Above it, operations share one overflow series. */
function spanMetricsOverflow(): AlertingRule {
    return alert("SpanMetricsOverflow", "warning", {
        expr: `max by (job) (${METRICS.spanCount}{otel_metric_overflow="true"}) > 0`,
        for: "1m",
        summary: "Service {{ $labels.job }} exceeds the limit of span metrics series",
        description: "Operations above the limit share one series. A span name probably contains an id or a path.",
    });
}
