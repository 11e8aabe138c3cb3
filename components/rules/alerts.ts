import { alert } from "./alert";
import { type FurtherAlerting, furtherAlerts, isClients, isRefused } from "./further-alerts";
import { METRICS } from "./metrics";
import { RECORDED, ofJobs } from "./recording";
import { traceTierDown } from "./tier-alerts";
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
    readonly onDisk: boolean;
    readonly further: FurtherAlerting;
}

const SECONDS_OF_WARNING = 900;
/** Below it a queue that grows is one that gathers a batch. */
const QUEUE_WORTH_A_LOOK = 0.2;
/** The memory limiter refuses at about 80 %, so that more than that is what it does not see. */
const MEMORY_NEAR_LIMIT = 0.85;
/** More series than the stack's own programs have together, so that starting one of them is no jump. */
const SERIES_OF_A_JUMP = 10_000;
const FACTOR_OF_A_JUMP = 1.5;

export function alertingRules(args: AlertingArgs): AlertingRule[] {
    return [
        ...dataAlerts(args),
        ...queueAlerts(args),
        ...furtherAlerts(args.further),
        ...programAlerts(args),
        ...(args.victoriaLogsJob === undefined ? [] : victoriaLogsAlerts(args.victoriaLogsJob, args.windowSeconds)),
        ...prometheusAlerts(args),
    ];
}

/** What clients and people who look for their data notice. */
function dataAlerts({ collectorJob, further }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorRefusesData", "warning", {
            expr: `sum by (job, instance, signal, receiver) (${RECORDED.refused}) > 0`,
            for: "1m",
            summary: "The Collector {{ $labels.instance }} refuses {{ $labels.signal }}",
            description:
                "Clients were told that {{ $value | humanize }} items are not taken. Those that send again lose nothing yet; the others do.",
        }),
        alert("CollectorDropsData", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDED.dropped}) > 0`,
            summary:
                "The Collector {{ $labels.instance }} loses {{ $labels.signal }} on the way to {{ $labels.exporter }}",
            description:
                "{{ $value | humanize }} items that clients were told are taken are lost: the backend refused them for good.",
        }),
        alert("CollectorMemoryLimiterRefuses", "warning", {
            expr: `sum by (job, instance, signal) (${RECORDED.limited}${isClients(further)}) > 0`,
            summary: "The Collector {{ $labels.instance }} refuses {{ $labels.signal }} for want of memory",
            description: "The memory limiter has turned {{ $value | humanize }} items away.",
        }),
        alert("SendersUnauthenticated", "warning", {
            expr: `sum by (job, instance, transport) (${RECORDED.unauthenticated}) > 0`,
            for: "1m",
            summary: "The Collector {{ $labels.instance }} turns senders by {{ $labels.transport }} away",
            description:
                "{{ $value | humanize }} requests came without a valid token. Who sends them loses what they carry: no SDK tries again.",
        }),
        alert("NoTelemetry", "info", {
            expr: `sum by (signal) (${RECORDED.accepted}) == 0 or absent(${RECORDED.accepted}) and on () up{job="${collectorJob}"} == 1`,
            for: "15m",
            summary: `No {{ or $labels.signal "telemetry" }} for a quarter of an hour`,
            description: "The Collector runs, and nobody has sent it any.",
        }),
    ];
}

/** What stands between the Collector and the backends. */
function queueAlerts({ collectorJob, further, onDisk, traceTierJob, windowSeconds }: AlertingArgs): AlertingRule[] {
    const jobs = ofJobs([collectorJob, ...(traceTierJob === undefined ? [] : [traceTierJob])]);
    return [
        ...(onDisk ? [queueLost(windowSeconds)] : []),
        alert("CollectorQueueFull", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDED.queueFull}${isRefused(further)}) > 0`,
            summary: "The queue of {{ $labels.exporter }} on {{ $labels.instance }} is full",
            description: `{{ $value | humanize }} {{ $labels.signal }} items found no room and ${whoseLoss(further, traceTierJob !== undefined)}.`,
        }),
        alert("CollectorQueueFilling", "warning", {
            expr: `${RECORDED.queueLeft} < ${SECONDS_OF_WARNING} and ${RECORDED.queue} > ${QUEUE_WORTH_A_LOOK}`,
            for: "30s",
            summary: "The queue of {{ $labels.exporter }} on {{ $labels.instance }} fills",
            description: `At this rate it is full in {{ $value | humanizeDuration }}, and ${whatThen(further)} then.`,
        }),
        alert("CollectorExporterStalled", "warning", {
            // Retries have no end and so never count as failed: they show as requests on the way, with none arriving.
            expr:
                `sum by (job, instance, exporter) (${METRICS.inFlight}{${jobs}}) > 0 ` +
                `unless on (job, instance, exporter) sum by (job, instance, exporter) (${RECORDED.sent}) > 0`,
            for: "1m",
            summary: "Nothing that {{ $labels.exporter }} on {{ $labels.instance }} sends arrives",
            description: "It tries {{ $value }} requests again and again; its queue fills meanwhile.",
        }),
    ];
}

/** Behind what holds traces, no client waits for an answer; before the second tier, which holds them, some do. */
function whoseLoss({ sampled }: FurtherAlerting, tiers: boolean): string {
    const back = "went back to the clients";
    const held = tiers
        ? 'and (eq $labels.signal "traces") (ne $labels.exporter "load_balancing")'
        : 'eq $labels.signal "traces"';
    return sampled ? `{{ if ${held} }}are lost{{ else }}${back}{{ end }}` : back;
}

function whatThen({ dropping, sampled }: FurtherAlerting): string {
    return [
        "clients are refused",
        ...(sampled ? ["traces are lost"] : []),
        ...(dropping.length === 0 ? [] : ["a destination that drops loses data"]),
    ].join(", or ");
}

function queueLost(windowSeconds: number): AlertingRule {
    return alert("CollectorQueueLost", "critical", {
        expr: `max_over_time(${RECORDED.queueLost}[${windowSeconds}s]) > 0`,
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
        alert("ScrapeFailing", "warning", {
            expr: `up${others(backendJobs)} == 0`,
            for: "1m",
            summary: "Prometheus cannot scrape {{ $labels.job }} at {{ $labels.instance }}",
            description: "Its metrics have a gap, and alerts that read them are blind.",
        }),
        alert("MemoryNearLimit", "warning", {
            expr: `${RECORDED.memory} > ${MEMORY_NEAR_LIMIT}`,
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
function others(backendJobs: readonly string[]): string {
    return backendJobs.length === 0 ? "" : `{job!~"${backendJobs.join("|")}"}`;
}

/** Prometheus itself. */
function prometheusAlerts({ spanMetrics, windowSeconds }: AlertingArgs): AlertingRule[] {
    const before = `${METRICS.headSeries} offset 30m`;
    return [
        alert("SeriesJump", "warning", {
            expr:
                `${METRICS.headSeries} - ${before} > ${SERIES_OF_A_JUMP} ` +
                `and ${METRICS.headSeries} > ${FACTOR_OF_A_JUMP} * ${before}`,
            for: "2m",
            summary: "Prometheus holds {{ $value | humanize }} more series than half an hour ago",
            description: "Some label has too many values. Each series takes memory until Prometheus runs out of it.",
        }),
        ...(spanMetrics ? [spanMetricsOverflow()] : []),
        alert("RuleFailing", "warning", {
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
