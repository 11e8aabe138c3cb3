import { alert } from "./alert";
import { alertmanagerAlerts } from "./alertmanager-alerts";
import {
    type DestinationAlertArgs,
    destinationAlerts,
    excludeAzureLimiter,
    excludeDropping,
} from "./destination-alerts";
import { SCRAPED_ONLY } from "../../telemetry/names";
import { METRICS } from "./metrics";
import { RECORDING_RULES, jobMatcher } from "./recording";
import { traceTierDown } from "./trace-tier-alerts";
import type { AlertingRule, Cause } from "./types";
import { type JaegerAlertArgs, renderJaegerAlerts } from "./jaeger-alerts";
import { renderLokiAlerts } from "./loki-alerts";
import { victoriaLogsAlerts } from "./victoria-logs-alerts";

export interface AlertingArgs {
    /** The `job` label of the Collector's own metrics. */
    readonly collectorJob: string;
    /** The `job` label of the trace tier's own metrics. Undefined without a trace tier. */
    readonly traceTierJob?: string | undefined;
    /** The backends that Prometheus scrapes. */
    readonly backends: readonly AlertedBackend[];
    /** The `job` label of the metrics that the Collector exposes for others. Undefined if it exposes none. */
    readonly scrapedMetricsJob?: string | undefined;
    /** The exporter of the ingest tier to the trace tier. */
    readonly traceTierExporter: string;
    /** The `job` label of Alertmanager. Undefined if it is disabled. */
    readonly alertmanagerJob?: string | undefined;
    /** The `job` label of Prometheus. */
    readonly prometheusJob: string;
    /** Whether the stack creates span metrics. */
    readonly spanMetrics: boolean;
    /** Undefined if Jaeger is disabled. */
    readonly jaeger?: JaegerAlertArgs | undefined;
    /** The `job` label of Loki. Undefined if it is disabled. */
    readonly lokiJob?: string | undefined;
    /** The `job` label of VictoriaLogs. Undefined if it is disabled. */
    readonly victoriaLogsJob?: string | undefined;
    /** The window of increases, in seconds. */
    readonly windowSeconds: number;
    /** Whether sending queues are persistent. */
    readonly persistentQueues: boolean;
    readonly destinations: DestinationAlertArgs;
}

interface AlertedBackend {
    readonly job: string;
    /** The exporter of the Collector that sends to it. */
    readonly exporter: string;
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
        ...(args.jaeger === undefined ? [] : renderJaegerAlerts(args.jaeger, args.windowSeconds)),
        ...(args.lokiJob === undefined ? [] : renderLokiAlerts(args.lokiJob, args.windowSeconds)),
        ...(args.victoriaLogsJob === undefined ? [] : victoriaLogsAlerts(args.victoriaLogsJob, args.windowSeconds)),
        ...prometheusAlerts(args),
        ...(args.alertmanagerJob === undefined ? [] : alertmanagerAlerts(args.alertmanagerJob, args.windowSeconds)),
    ];
}

/** Rejected, dropped and missing telemetry. */
function dataAlerts({ collectorJob, destinations }: AlertingArgs): AlertingRule[] {
    return [
        alert("CollectorRejectingData", "warning", {
            expr: `sum by (job, instance, signal, receiver) (${RECORDING_RULES.refused}) > 0`,
            for: "1m",
            causes: [
                { alert: "CollectorQueueFull", equal: ["job", "instance", "signal"] },
                { alert: "CollectorMemoryLimiterActive", equal: ["job", "instance", "signal"] },
            ],
            summary: "Collector {{ $labels.instance }} is rejecting {{ $labels.signal }}",
            description:
                "It rejected {{ $value | humanize }} items. SDKs retry for 0 to 22 seconds and then drop them.",
        }),
        alert("CollectorDroppingData", "critical", {
            expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.dropped}) > 0`,
            summary: "Collector {{ $labels.instance }} is dropping {{ $labels.signal }} for {{ $labels.exporter }}",
            description:
                "Up to {{ $value | humanize }} acknowledged items are lost: the backend permanently rejected them or did not accept them in time. The Collector counts whole batches, of which a backend may have stored a part.",
        }),
        alert("CollectorRepairingItems", "warning", {
            expr: `sum by (job, signal, reason) (${RECORDING_RULES.repaired}) > 0`,
            summary:
                '{{ or $labels.job "A sender without service.name" }} sends {{ $labels.signal }} that a store cannot take: {{ $labels.reason }}',
            description:
                "{{ $value | humanize }} items are stored, but not as they were sent. They have the attribute otel_stack.repaired.",
        }),
        alert("CollectorRejectingRequests", "warning", {
            expr: `sum by (job, instance, transport, code) (${RECORDING_RULES.rejected}) > 0`,
            summary:
                "Collector {{ $labels.instance }} is rejecting {{ $labels.transport }} requests: {{ $labels.code }}",
            description:
                "{{ $value | humanize }} requests were larger than collector.receiver.maxRequestSize or malformed. Their data is lost, because SDKs do not retry them.",
        }),
        alert("CollectorDroppingDeltaPoints", "critical", {
            expr: `sum by (job, instance, error) (${RECORDING_RULES.deltaDropped}) > 0`,
            summary: "Collector {{ $labels.instance }} is dropping points of delta metrics: {{ $labels.error }}",
            description: "{{ $value | humanize }} points are lost, because points of one series are out of order.",
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
            dashboard: "overview",
            expr: `sum by (signal) (${RECORDING_RULES.accepted}) == 0 or absent(${RECORDING_RULES.accepted}) and on () up{job="${collectorJob}"} == 1`,
            for: "15m",
            summary: `No {{ or $labels.signal "telemetry" }} received for 15 minutes`,
            description: "The Collector is running, but clients send none.",
        }),
    ];
}

/** The Collector's sending queues. */
function queueAlerts(args: AlertingArgs): AlertingRule[] {
    const { collectorJob, destinations, persistentQueues, traceTierJob, windowSeconds } = args;
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
            causes: [
                { alert: "CollectorQueueFull", equal: ["job", "instance", "exporter"] },
                { alert: "CollectorExporterStalled", equal: ["job", "instance", "exporter"] },
                ...receiverDownCauses(args),
            ],
            summary: "Queue of {{ $labels.exporter }} on {{ $labels.instance }} is filling",
            description: `At this rate it will be full in {{ $value | humanizeDuration }}. Then ${describeConsequence(destinations)}.`,
        }),
        alert("CollectorExporterStalled", "warning", {
            // Retries do not count as failed until they end. They show as requests in flight while no items are sent.
            expr:
                `sum by (job, instance, exporter) (${METRICS.inFlight}{${jobs}}) > 0 ` +
                `unless on (job, instance, exporter) sum by (job, instance, exporter) (${RECORDING_RULES.sent}) > 0`,
            for: "1m",
            causes: receiverDownCauses(args),
            summary: "Exporter {{ $labels.exporter }} on {{ $labels.instance }} cannot send data",
            description: "It keeps retrying {{ $value }} requests, and its queue is filling.",
        }),
    ];
}

/** What an exporter sends to is down, or accepts nothing. */
function receiverDownCauses({
    backends,
    traceTierExporter,
    traceTierJob,
    victoriaLogsJob,
}: AlertingArgs): readonly Cause[] {
    const muteExporter = (exporter: string) => ({ targetMatchers: [`exporter="${exporter}"`] });
    return [
        ...backends.flatMap(({ exporter, job }): Cause[] => [
            { alert: "BackendDown", sourceMatchers: [`job="${job}"`], ...muteExporter(exporter) },
            ...(job === victoriaLogsJob ? [{ alert: "VictoriaLogsReadOnly", ...muteExporter(exporter) }] : []),
        ]),
        ...(traceTierJob === undefined ? [] : [{ alert: "TraceTierDown", ...muteExporter(traceTierExporter) }]),
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
function programAlerts(args: AlertingArgs): AlertingRule[] {
    const { collectorJob, traceTierJob } = args;
    const backendJobs = args.backends.map(({ job }) => job);
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
            expr: `up{${jobMatcher(otherJobs(args))},${SCRAPED_ONLY}} == 0`,
            for: "1m",
            causes: allPodsDownCauses(args),
            dashboard: "backends",
            summary: "Prometheus cannot scrape {{ $labels.job }} at {{ $labels.instance }}",
            description: "Its metrics have a gap, and alerts based on them cannot fire.",
        }),
        alert("MemoryNearLimit", "warning", {
            expr: `${RECORDING_RULES.memory} > ${MEMORY_WARNING_RATIO}`,
            for: "2m",
            causes: [{ alert: "CollectorMemoryLimiterActive", equal: ["job", "instance"] }],
            dashboard: "backends",
            summary: "{{ $labels.job }} uses {{ $value | humanizePercentage }} of its memory limit",
            description: "At the limit, the kernel kills it, and its data in memory is lost.",
        }),
    ];
}

/** Each pod of a program whose pods are all down is a target that is down. */
function allPodsDownCauses({
    alertmanagerJob,
    collectorJob,
    scrapedMetricsJob,
    traceTierJob,
}: AlertingArgs): readonly Cause[] {
    const mute = (alertName: string, ...jobs: readonly (string | undefined)[]): Cause[] =>
        jobs.filter((job) => job !== undefined).map((job) => ({ alert: alertName, targetMatchers: [`job="${job}"`] }));
    return [
        ...mute("CollectorDown", collectorJob, scrapedMetricsJob),
        ...mute("TraceTierDown", traceTierJob),
        ...mute("AlertmanagerDown", alertmanagerJob),
    ];
}

function backendDown(jobs: readonly string[]): AlertingRule {
    return alert("BackendDown", "critical", {
        expr: [`up{job=~"${jobs.join("|")}"} == 0`, ...jobs.map((job) => `absent(up{job="${job}"})`)].join(" or "),
        for: "1m",
        dashboard: "backends",
        summary: "{{ $labels.job }} is not reachable",
        description: "Its data cannot be queried, and new data waits in the Collector's queue.",
    });
}

/** The jobs of the stack, except those of backends, which have their own alert. */
function otherJobs(args: AlertingArgs): readonly string[] {
    return [
        args.collectorJob,
        args.scrapedMetricsJob,
        args.traceTierJob,
        args.alertmanagerJob,
        args.prometheusJob,
    ].filter((job) => job !== undefined);
}

/** Prometheus itself. */
function prometheusAlerts({ prometheusJob, spanMetrics, windowSeconds }: AlertingArgs): AlertingRule[] {
    const selectSeries = (metric: string) => `${metric}{${jobMatcher([prometheusJob])}}`;
    const series = selectSeries(METRICS.headSeries);
    const before = `${series} offset 30m`;
    return [
        alert("PrometheusSeriesGrowth", "warning", {
            expr:
                `${series} - ${before} > ${MIN_SERIES_GROWTH} ` + `and ${series} > ${SERIES_GROWTH_FACTOR} * ${before}`,
            for: "2m",
            dashboard: "usage",
            summary: "Prometheus has {{ $value | humanize }} more series than 30 minutes ago",
            description: "A label has too many values. Each series uses memory until Prometheus reaches its limit.",
        }),
        ...(spanMetrics ? [spanMetricsOverflow(), serviceGraphIncomplete()] : []),
        alert("PrometheusRejectingLabels", "critical", {
            expr: `increase(${selectSeries(METRICS.invalidLabels)}[${windowSeconds}s]) > 0`,
            summary: "Prometheus is dropping samples for their labels",
            description:
                "{{ $value | humanize }} samples that the Collector had accepted are lost. Prometheus' log names the series.",
        }),
        alert("PrometheusRuleFailures", "warning", {
            expr: `increase(${selectSeries(METRICS.ruleFailures)}[${windowSeconds}s]) > 0`,
            dashboard: "backends",
            summary: "Evaluation of rules in {{ $labels.rule_group }} is failing",
            description: "Alerts in this group may fail to fire.",
        }),
    ];
}

/** The limit of edges that wait for the other side of a call. */
function serviceGraphIncomplete(): AlertingRule {
    return alert("ServiceGraphIncomplete", "warning", {
        expr: `sum by (job, instance) (${RECORDING_RULES.unpairedSpans}) > 0`,
        summary: "Calls are missing in the service graph of Collector {{ $labels.instance }}",
        description:
            "{{ $value | humanize }} spans are in no edge, because spanMetrics.maxPendingEdges others wait for the other side of their call.",
    });
}

/** The series limit of the span metrics connector. Above it, operations share one overflow series. */
function spanMetricsOverflow(): AlertingRule {
    return alert("SpanMetricsOverflow", "warning", {
        expr: `max by (job) (${METRICS.spanCount}{otel_metric_overflow="true"}) > 0`,
        for: "1m",
        dashboard: "usage",
        summary: "Service {{ $labels.job }} exceeds the limit of span metrics series",
        description: "Operations above the limit share one series. A span name probably contains an id or a path.",
    });
}
