import { DASHBOARDS } from "../../telemetry/names";
import type { CollectorMemory, DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { NO_DATA } from "./no-data";
import { timeSeriesPanel } from "./panels";
import {
    COLLECTOR_JOB,
    ITEMS,
    type Items,
    TRACE_TIER_JOB,
    sumOrZero,
    sumSignals,
    failuresByExporter,
    internalGauge,
    internalRate,
} from "./promql";

const TITLES: Readonly<Record<Items, string>> = {
    spans: "Spans",
    metric_points: "Metric points",
    log_records: "Log records",
};

/** The tier that panels show. */
interface Tier {
    readonly job: string;
    /** Of the panels' titles. */
    readonly prefix: string;
    readonly noData: string;
}

const INGEST_TIER: Tier = { job: COLLECTOR_JOB, prefix: "", noData: NO_DATA.collector };
const TRACE_TIER: Tier = { job: TRACE_TIER_JOB, prefix: "Trace tier: ", noData: NO_DATA.traceTier };

/** What the Collector receives, rejects, exports and loses, and its resource usage. */
export function collectorDashboard({ collectorMemory, traceTier }: DashboardContext): DashboardSpec {
    return {
        uid: DASHBOARDS.collector,
        title: "Collector",
        description: "Data that the Collector accepts, rejects, sends and loses, and its resource usage.",
        requires: "prometheus",
        variables: [],
        rows: [
            { title: "Receivers", panels: Object.values(ITEMS).map(acceptedPanel) },
            { title: "Exporters", panels: Object.values(ITEMS).map((items) => sentPanel(items)) },
            { title: "Errors", panels: [refusedPanel(), ...Object.values(ITEMS).map((items) => failedPanel(items))] },
            {
                title: "Responses",
                panels: [httpResponsesPanel(), grpcResponsesPanel(), repairedPanel(), seriesPanel()],
            },
            { title: "Limits", panels: [queuesPanel(), memoryPanel(collectorMemory), cpuPanel()] },
            { title: "Overload", panels: [rejectionReasonsPanel(), budgetPanel(collectorMemory)] },
            ...(traceTier ? [{ title: "Trace tier", panels: traceTierPanels(traceTier.memory) }] : []),
        ],
    };
}

function acceptedPanel(items: Items): PanelSpec {
    return timeSeriesPanel({
        title: `${TITLES[items]} accepted`,
        description: `Accepted ${TITLES[items].toLowerCase()} per second by receiver and transport.`,
        noData: `No client has sent ${TITLES[items].toLowerCase()} since the Collector started, or Prometheus does not scrape it.`,
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [
            {
                expr: `sum by (receiver, transport) (${internalRate(`otelcol_receiver_accepted_${items}`)})`,
                legend: "{{receiver}} {{transport}}",
            },
        ],
    });
}

function sentPanel(items: Items, tier = INGEST_TIER): PanelSpec {
    return timeSeriesPanel({
        title: `${tier.prefix}${TITLES[items]} sent`,
        description: `${TITLES[items]} per second that each exporter has sent.`,
        noData: `No backend or destination receives ${TITLES[items].toLowerCase()}, or none have arrived since the Collector started, or Prometheus does not scrape it.`,
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [
            {
                expr: `sum by (exporter) (${internalRate(`otelcol_exporter_sent_${items}`, "", tier.job)})`,
                legend: "{{exporter}}",
            },
        ],
    });
}

function refusedPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Rejected",
        description:
            "Rejected items per second of all signals: by the receiver for any reason, and by the memory limiter, which is one of these reasons.",
        noData: NO_DATA.prometheus,
        source: "prometheus",
        width: 6,
        unit: "cps",
        thresholds: { critical: 0.001 },
        queries: [
            { expr: sumSignals("otelcol_receiver_refused"), legend: "receiver" },
            { expr: sumSignals("otelcol_processor_memory_limiter_refused"), legend: "memory limiter" },
        ],
    });
}

/** The debug exporter prints copies. What does not fit into its queue is stored all the same. */
const NOT_PRINTING = 'exporter!="debug"';

/** The counters appear with the first rejection. */
const REJECTION_REASONS = {
    "memory limiter": { counter: "otelcol_processor_memory_limiter_refused", matchers: "" },
    "queue full": { counter: "otelcol_exporter_enqueue_failed", matchers: NOT_PRINTING },
} as const;

function rejectionReasonsPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Rejected by signal and reason",
        description:
            "Rejected items per second. With the memory limiter as the reason, all signals are rejected; with a full queue, only the signal of that queue.",
        noData: NO_DATA.prometheus,
        source: "prometheus",
        width: 12,
        unit: "cps",
        thresholds: { critical: 0.001 },
        queries: Object.entries(REJECTION_REASONS).flatMap(([reason, { counter, matchers }]) =>
            Object.entries(ITEMS).map(([signal, items]) => ({
                expr: sumOrZero(internalRate(`${counter}_${items}`, matchers)),
                legend: `${signal}: ${reason}`,
            })),
        ),
    });
}

/** The share of each limit that is still free, in the pod that has the least. */
function budgetPanel({ limit, limiterThreshold }: CollectorMemory): PanelSpec {
    const bySeries = "min by (exporter, data_type)";
    const gauge = (metric: string) => internalGauge(metric, NOT_PRINTING);
    const free = `1 - ${gauge("otelcol_exporter_queue_size")} / ${gauge("otelcol_exporter_queue_capacity")}`;
    const memoryLeft = (metric: string, bytes: number) => `1 - max(${internalGauge(metric)}) / ${bytes}`;
    return timeSeriesPanel({
        title: "Budget left",
        description:
            "Free share of each queue, of the heap up to the memory limiter's threshold, and of the container's memory. At 0 % of a queue or the heap, data is rejected.",
        noData: NO_DATA.collector,
        source: "prometheus",
        width: 12,
        unit: "percentunit",
        max: 1,
        queries: [
            { expr: `${bySeries} (${free})`, legend: "queue of {{exporter}} {{data_type}}" },
            { expr: memoryLeft("otelcol_process_runtime_heap_alloc_bytes", limiterThreshold), legend: "heap" },
            { expr: memoryLeft("otelcol_process_memory_rss", limit), legend: "container memory" },
        ],
    });
}

function failedPanel(items: Items, tier = INGEST_TIER): PanelSpec {
    return timeSeriesPanel({
        title: `${tier.prefix}${TITLES[items]} lost`,
        description: "Items per second that could not be sent and are not retried, or did not fit into the queue.",
        noData: `No backend or destination has received ${TITLES[items].toLowerCase()} since the Collector started, or Prometheus does not scrape it. Exporters without failures show 0.`,
        source: "prometheus",
        width: 6,
        unit: "cps",
        thresholds: { critical: 0.001 },
        queries: [
            {
                expr: failuresByExporter("otelcol_exporter_send_failed", items, tier.job),
                legend: "{{exporter}}: not sent",
            },
            {
                expr: failuresByExporter("otelcol_exporter_enqueue_failed", items, tier.job),
                legend: "{{exporter}}: queue full",
            },
        ],
    });
}

function httpResponsesPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "HTTP responses",
        description:
            "Requests per second by status, including malformed requests (400), requests without valid credentials (401), and health checks.",
        noData: "No client has sent over HTTP since the Collector started, or Prometheus does not scrape it.",
        source: "prometheus",
        width: 6,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (http_response_status_code) (${internalRate("http_server_request_duration_count")})`,
                legend: "{{http_response_status_code}}",
            },
        ],
    });
}

function grpcResponsesPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "gRPC responses",
        description: "Requests per second by status. UNAUTHENTICATED: no valid credentials.",
        noData: "No client has sent over gRPC since the Collector started, or Prometheus does not scrape it.",
        source: "prometheus",
        width: 6,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (rpc_response_status_code) (${internalRate("rpc_server_call_duration_count")})`,
                legend: "{{rpc_response_status_code}}",
            },
        ],
    });
}

/** The counters are pushed when they change, so the panel shows totals. Without repairs there are none. */
function repairedPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Repaired items",
        description: "Items that a store could not take as they were sent, by service, signal and reason.",
        noData: NO_DATA.prometheus,
        source: "prometheus",
        width: 6,
        unit: "short",
        queries: [
            {
                expr: "sum by (job, signal, reason) (otel_stack_repaired_items_total) or vector(0)",
                legend: "{{job}} {{signal}}: {{reason}}",
            },
        ],
    });
}

function seriesPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Points above the series limit",
        description:
            "Points per second that are dropped because a service, or all together, have too many series. The alert CollectorDroppingSeries names the service and the metric.",
        noData: NO_DATA.prometheus,
        source: "prometheus",
        width: 6,
        unit: "cps",
        thresholds: { critical: 0.001 },
        queries: [
            {
                expr: sumOrZero(internalRate("otelcol_deltatocumulative_datapoints", 'error="limit"')),
                legend: "dropped",
            },
        ],
    });
}

function queuesPanel(tier = INGEST_TIER): PanelSpec {
    const bySeries = "sum by (exporter, data_type)";
    const size = internalGauge("otelcol_exporter_queue_size", NOT_PRINTING, tier.job);
    const capacity = internalGauge("otelcol_exporter_queue_capacity", NOT_PRINTING, tier.job);
    return timeSeriesPanel({
        title: `${tier.prefix}Queues`,
        description: "Usage of each exporter's queue. At 100 %, data is rejected or lost.",
        noData: tier.noData,
        source: "prometheus",
        width: 8,
        unit: "percentunit",
        max: 1,
        thresholds: { warning: 0.5, critical: 0.8 },
        queries: [{ expr: `${bySeries} (${size}) / ${bySeries} (${capacity})`, legend: "{{exporter}} {{data_type}}" }],
    });
}

function memoryPanel({ limit, limiterThreshold }: CollectorMemory, tier = INGEST_TIER): PanelSpec {
    const maxAcrossPods = (metric: string) => `max(${internalGauge(metric, "", tier.job)})`;
    return timeSeriesPanel({
        title: `${tier.prefix}Memory`,
        description:
            "Heap and resident memory of the pod with the highest usage. Above the heap threshold, the Collector rejects data. At the memory limit, the kernel kills it.",
        noData: tier.noData,
        source: "prometheus",
        width: 8,
        unit: "bytes",
        queries: [
            { expr: maxAcrossPods("otelcol_process_runtime_heap_alloc_bytes"), legend: "heap" },
            { expr: `vector(${limiterThreshold})`, legend: "heap: threshold" },
            { expr: maxAcrossPods("otelcol_process_memory_rss"), legend: "process" },
            { expr: `vector(${limit})`, legend: "process: limit" },
        ],
    });
}

function cpuPanel(tier = INGEST_TIER): PanelSpec {
    return timeSeriesPanel({
        title: `${tier.prefix}CPU`,
        description: "CPU cores used by each pod.",
        noData: tier.noData,
        source: "prometheus",
        width: 8,
        unit: "short",
        queries: [
            {
                expr: `sum by (instance) (${internalRate("otelcol_process_cpu_seconds", "", tier.job)})`,
                legend: "{{instance}}",
            },
        ],
    });
}

function traceTierPanels(limits: CollectorMemory): readonly PanelSpec[] {
    const spans = ITEMS.traces;
    return [
        timeSeriesPanel({
            title: `${TRACE_TIER.prefix}Spans accepted`,
            description: "Spans per second that each pod accepted from the ingest tier.",
            noData: TRACE_TIER.noData,
            source: "prometheus",
            width: 8,
            unit: "cps",
            queries: [
                {
                    expr: `sum by (instance) (${internalRate(`otelcol_receiver_accepted_${spans}`, "", TRACE_TIER.job)})`,
                    legend: "{{instance}}",
                },
            ],
        }),
        sentPanel(spans, TRACE_TIER),
        failedPanel(spans, TRACE_TIER),
        queuesPanel(TRACE_TIER),
        memoryPanel(limits, TRACE_TIER),
        cpuPanel(TRACE_TIER),
    ];
}
