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
    /** The `job` of the Collector's own metrics. */
    readonly collectorJob: string;
    /** That of the second tier's, where there is one. */
    readonly traceTierJob?: string | undefined;
    /** The `job` of each backend that Prometheus scrapes beside the Collector. */
    readonly backendJobs: readonly string[];
    /** Whether metrics are made from spans. */
    readonly spanMetrics: boolean;
    /** The `job` of VictoriaLogs, where there is one. */
    readonly victoriaLogsJob?: string | undefined;
    /** Over what increases are taken, in seconds. */
    readonly windowSeconds: number;
    /** Whether queues stand on disk. */
    readonly persistentQueues: boolean;
    readonly destinations: DestinationAlertArgs;
}

const QUEUE_WARNING_SECONDS = 900;
/** Below it a queue that grows is one that gathers a batch. */
const MIN_QUEUE_RATIO = 0.2;
/** The memory limiter refuses at about 80 %, so that more than that is what it does not see. */
const MEMORY_WARNING_RATIO = 0.85;
/** More series than the stack's own programs have together, so that starting one of them is no jump. */
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

/** What clients and people who look for their data notice. */
function dataAlerts({ collectorJob, destinations }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorRejectingData", "warning", {
            expr: `sum by (job, instance, signal, receiver) (${RECORDING_RULES.refused}) > 0`,
            for: "1m",
            summary: "The Collector {{ $labels.instance }} refuses {{ $labels.signal }}",
            description:
                "Clients were told that {{ $value | humanize }} items are not taken. Those that send again lose nothing yet; the others do.",
        }),
        alert("CollectorDroppingData", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.dropped}) > 0`,
            summary:
                "The Collector {{ $labels.instance }} loses {{ $labels.signal }} on the way to {{ $labels.exporter }}",
            description:
                "{{ $value | humanize }} items that clients were told are taken are lost: the backend refused them for good.",
        }),
        alert("CollectorMemoryLimiterActive", "warning", {
            expr: `sum by (job, instance, signal) (${RECORDING_RULES.limited}${excludeAzureLimiter(destinations)}) > 0`,
            summary: "The Collector {{ $labels.instance }} refuses {{ $labels.signal }} for want of memory",
            description: "The memory limiter has turned {{ $value | humanize }} items away.",
        }),
        alert("CollectorUnauthenticatedRequests", "warning", {
            expr: `sum by (job, instance, transport) (${RECORDING_RULES.unauthenticated}) > 0`,
            for: "1m",
            summary: "The Collector {{ $labels.instance }} turns senders by {{ $labels.transport }} away",
            description:
                "{{ $value | humanize }} requests came without a valid token. Who sends them loses what they carry: no SDK tries again.",
        }),
        alert("CollectorNoTelemetryReceived", "info", {
            expr: `sum by (signal) (${RECORDING_RULES.accepted}) == 0 or absent(${RECORDING_RULES.accepted}) and on () up{job="${collectorJob}"} == 1`,
            for: "15m",
            summary: `No {{ or $labels.signal "telemetry" }} for a quarter of an hour`,
            description: "The Collector runs, and nobody has sent it any.",
        }),
    ];
}

/** What stands between the Collector and the backends. */
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
            summary: "The queue of {{ $labels.exporter }} on {{ $labels.instance }} is full",
            description: `{{ $value | humanize }} {{ $labels.signal }} items found no room and ${describeLoss(destinations, traceTierJob !== undefined)}.`,
        }),
        alert("CollectorQueueFilling", "warning", {
            expr: `${RECORDING_RULES.queueTimeToFull} < ${QUEUE_WARNING_SECONDS} and ${RECORDING_RULES.queue} > ${MIN_QUEUE_RATIO}`,
            for: "30s",
            summary: "The queue of {{ $labels.exporter }} on {{ $labels.instance }} fills",
            description: `At this rate it is full in {{ $value | humanizeDuration }}, and ${describeConsequence(destinations)} then.`,
        }),
        alert("CollectorExporterStalled", "warning", {
            // Retries have no end and so never count as failed: they show as requests on the way, with none arriving.
            expr:
                `sum by (job, instance, exporter) (${METRICS.inFlight}{${jobs}}) > 0 ` +
                `unless on (job, instance, exporter) sum by (job, instance, exporter) (${RECORDING_RULES.sent}) > 0`,
            for: "1m",
            summary: "Nothing that {{ $labels.exporter }} on {{ $labels.instance }} sends arrives",
            description: "It tries {{ $value }} requests again and again; its queue fills meanwhile.",
        }),
    ];
}

/** Behind what holds traces, no client waits for an answer; before the second tier, which holds them, some do. */
function describeLoss({ tailSampling }: DestinationAlertArgs, isTwoTier: boolean): string {
    const returned = "went back to the clients";
    const held = isTwoTier
        ? 'and (eq $labels.signal "traces") (ne $labels.exporter "load_balancing")'
        : 'eq $labels.signal "traces"';
    return tailSampling ? `{{ if ${held} }}are lost{{ else }}${returned}{{ end }}` : returned;
}

function describeConsequence({ droppingExporters, tailSampling }: DestinationAlertArgs): string {
    return [
        "clients are refused",
        ...(tailSampling ? ["traces are lost"] : []),
        ...(droppingExporters.length === 0 ? [] : ["a destination that drops loses data"]),
    ].join(", or ");
}

function persistentQueueLost(windowSeconds: number): AlertingRule {
    return alert("CollectorPersistentQueueLost", "critical", {
        expr: `max_over_time(${RECORDING_RULES.queueLost}[${windowSeconds}s]) > 0`,
        summary: "The queue of {{ $labels.exporter }} on {{ $labels.instance }} is lost",
        description: "{{ $value | humanize1024 }}B that clients were told are taken are not there after a start.",
    });
}

/** The programs of the stack. */
function programAlerts({ collectorJob, backendJobs, traceTierJob }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorDown", "critical", {
            // By DNS, a pod that is gone is no target that fails but no target.
            expr: `absent(up{job="${collectorJob}"} == 1)`,
            for: "1m",
            summary: "No Collector can be reached",
            description: "Nobody takes telemetry, or Prometheus cannot see who does.",
        }),
        ...(traceTierJob === undefined ? [] : [traceTierDown(traceTierJob)]),
        ...(backendJobs.length === 0 ? [] : [backendDown(backendJobs)]),
        alert("TargetDown", "warning", {
            expr: `up${matchOtherJobs(backendJobs)} == 0`,
            for: "1m",
            summary: "Prometheus cannot scrape {{ $labels.job }} at {{ $labels.instance }}",
            description: "Its metrics have a gap, and alerts that read them are blind.",
        }),
        alert("MemoryNearLimit", "warning", {
            expr: `${RECORDING_RULES.memory} > ${MEMORY_WARNING_RATIO}`,
            for: "2m",
            summary: "{{ $labels.job }} uses {{ $value | humanizePercentage }} of its memory",
            description: "Above its limit the kernel kills it, and what it holds in memory is lost.",
        }),
    ];
}

function backendDown(jobs: readonly string[]): AlertingRule {
    return alert("BackendDown", "critical", {
        expr: [`up{job=~"${jobs.join("|")}"} == 0`, ...jobs.map((job) => `absent(up{job="${job}"})`)].join(" or "),
        for: "1m",
        summary: "{{ $labels.job }} cannot be reached",
        description: "What it stores cannot be read, and what comes for it waits in the Collector's queue.",
    });
}

/** The jobs that have no alert of their own. */
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
            summary: "Prometheus holds {{ $value | humanize }} more series than half an hour ago",
            description: "Some label has too many values. Each series takes memory until Prometheus runs out of it.",
        }),
        ...(spanMetrics ? [spanMetricsOverflow()] : []),
        alert("PrometheusRuleFailures", "warning", {
            expr: `increase(${METRICS.ruleFailures}[${windowSeconds}s]) > 0`,
            summary: "Rules of {{ $labels.rule_group }} cannot be computed",
            description: "The alerts of that group may be silent without a reason.",
        }),
    ];
}

/** The Collector's own bound on the series that it makes from spans: no jump, but no operation of its own either. */
function spanMetricsOverflow(): AlertingRule {
    return alert("SpanMetricsOverflow", "warning", {
        expr: `max by (job) (${METRICS.spanCount}{otel_metric_overflow="true"}) > 0`,
        for: "1m",
        summary: "The service {{ $labels.job }} has too many operations to count each",
        description: "Those above the limit are counted together as one; some span name holds an id, or a path.",
    });
}
