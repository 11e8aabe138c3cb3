import { exporterId } from "../../collector/config/exporters";
import { DASHBOARDS, SCRAPED_ONLY } from "../../telemetry/names";
import type { DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { NO_DATA } from "./no-data";
import { timeSeriesPanel } from "./panels";
import { COLLECTOR_JOB, TRACE_TIER_JOB, failuresByExporter, internalGauge, internalRate } from "./promql";

const JAEGER = 'job="jaeger"';
const LOKI = 'job="loki"';
const PROMETHEUS = 'job="prometheus"';
const VICTORIA_LOGS = 'job="victorialogs"';

function jobRate(metric: string, matchers: string): string {
    return `rate(${metric}{${matchers}}[$__rate_interval])`;
}

interface BackendPanel {
    readonly title: string;
    readonly description: string;
    readonly noData: string;
    readonly unit: string;
    readonly queries: PanelSpec["queries"];
}

/** A panel of a third of a row with data from Prometheus. */
function backendPanel(spec: BackendPanel): PanelSpec {
    return timeSeriesPanel({ ...spec, source: "prometheus", width: 8 });
}

/** Health of the backends: what they receive, what they store, and their resource usage. */
export function backendsDashboard(context: DashboardContext): DashboardSpec {
    const { available, runsVictoriaLogs, persistentQueues } = context;
    return {
        uid: DASHBOARDS.backends,
        title: "Backends",
        description:
            "Health of Prometheus, Jaeger and the log stores: data that they receive and store, and their resource usage.",
        requires: "prometheus",
        variables: [],
        rows: [
            { title: "All backends", panels: [reachablePanel(), memoryPanel()] },
            { title: "Prometheus", panels: prometheusPanels },
            ...(available.jaeger ? [{ title: "Jaeger", panels: jaegerPanels(context) }] : []),
            ...(available.loki ? [{ title: "Loki", panels: lokiPanels(persistentQueues) }] : []),
            ...(runsVictoriaLogs ? [{ title: "VictoriaLogs", panels: victoriaLogsPanels(persistentQueues) }] : []),
        ],
    };
}

function reachablePanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Targets up",
        description: "Share of each job's targets whose last scrape succeeded.",
        noData: "Prometheus has scraped no target of the stack in this time range.",
        source: "prometheus",
        width: 12,
        unit: "percentunit",
        max: 1,
        queries: [{ expr: `avg by (job) (up{${SCRAPED_ONLY}})`, legend: "{{job}}" }],
    });
}

function memoryPanel(): PanelSpec {
    return timeSeriesPanel({
        title: "Memory",
        description: "Resident memory of each process.",
        noData: "Prometheus has scraped no program of the stack in this time range.",
        source: "prometheus",
        width: 12,
        unit: "bytes",
        queries: [
            { expr: "sum by (job) (process_resident_memory_bytes)", legend: "{{job}}" },
            { expr: "sum by (job) (otelcol_process_memory_rss)", legend: "{{job}}" },
        ],
    });
}

const prometheusPanels: readonly PanelSpec[] = [
    backendPanel({
        title: "Prometheus: series",
        description: "Series in memory. A permanent increase indicates a label with too many values.",
        noData: NO_DATA.prometheusItself,
        unit: "short",
        queries: [{ expr: `sum(prometheus_tsdb_head_series{${PROMETHEUS}})`, legend: "series" }],
    }),
    backendPanel({
        title: "Prometheus: samples",
        description:
            "Samples per second that Prometheus accepted, and those that it rejected as too old or out of bounds.",
        noData: NO_DATA.prometheusItself,
        unit: "cps",
        queries: [
            { expr: `sum(${jobRate("prometheus_tsdb_head_samples_appended_total", PROMETHEUS)})`, legend: "accepted" },
            {
                expr: `sum(${jobRate("prometheus_tsdb_too_old_samples_total", PROMETHEUS)}) + sum(${jobRate("prometheus_tsdb_out_of_bound_samples_total", PROMETHEUS)})`,
                legend: "rejected",
            },
        ],
    }),
    backendPanel({
        title: "Prometheus: disk",
        description: "Bytes of blocks and of the write-ahead log. Blocks are deleted after the retention time.",
        noData: NO_DATA.prometheusItself,
        unit: "bytes",
        queries: [
            { expr: `sum(prometheus_tsdb_storage_blocks_bytes{${PROMETHEUS}})`, legend: "blocks" },
            { expr: `sum(prometheus_tsdb_wal_storage_size_bytes{${PROMETHEUS}})`, legend: "write-ahead log" },
        ],
    }),
];

/** What the Collector reports about its exports to a backend. */
function deliveryPanels(
    name: string,
    exporter: string,
    items: "spans" | "log_records",
    job = COLLECTOR_JOB,
): PanelSpec[] {
    const matcher = `exporter="${exporter}"`;
    return [
        backendPanel({
            title: `${name}: sent`,
            description: `Items per second that the Collector sent to ${name}.`,
            noData: `The Collector has sent nothing to ${name} since it started, or Prometheus does not scrape the Collector.`,
            unit: "cps",
            queries: [{ expr: `sum(${internalRate(`otelcol_exporter_sent_${items}`, matcher, job)})`, legend: items }],
        }),
        backendPanel({
            title: `${name}: queue`,
            description: `Bytes in the Collector's queue for ${name}. They increase when ${name} is slow or down.`,
            noData: job === TRACE_TIER_JOB ? NO_DATA.traceTier : NO_DATA.collector,
            unit: "bytes",
            queries: [{ expr: `sum(${internalGauge("otelcol_exporter_queue_size", matcher, job)})`, legend: "queue" }],
        }),
    ];
}

const jaegerPanels = ({ persistentQueues, traceTier }: DashboardContext): readonly PanelSpec[] => [
    ...deliveryPanels(
        "Jaeger",
        exporterId("jaeger", persistentQueues),
        "spans",
        traceTier ? TRACE_TIER_JOB : COLLECTOR_JOB,
    ),
    backendPanel({
        title: "Jaeger: spans",
        description: "Spans per second that Jaeger received, and those that it could not store.",
        noData: NO_DATA.jaeger,
        unit: "cps",
        queries: [
            { expr: `sum(${jobRate("otelcol_receiver_accepted_spans", JAEGER)})`, legend: "received" },
            {
                expr: `sum(${jobRate("otelcol_exporter_send_failed_spans", JAEGER)}) or vector(0)`,
                legend: "not stored",
            },
        ],
    }),
];

const lokiPanels = (persistentQueues: boolean): readonly PanelSpec[] => [
    ...deliveryPanels("Loki", exporterId("loki", persistentQueues), "log_records"),
    backendPanel({
        title: "Loki: streams",
        description: "Active streams. A permanent increase indicates a label with too many values.",
        noData: NO_DATA.loki,
        unit: "short",
        queries: [{ expr: `sum(loki_ingester_memory_streams{${LOKI}})`, legend: "streams" }],
    }),
    backendPanel({
        title: "Loki: lines",
        description:
            "Records per second that Loki received, and those that it discarded because of a limit or their age.",
        noData: NO_DATA.loki,
        unit: "cps",
        queries: [
            { expr: `sum(${jobRate("loki_distributor_lines_received_total", LOKI)})`, legend: "accepted" },
            { expr: `sum(${jobRate("loki_discarded_samples_total", LOKI)}) or vector(0)`, legend: "discarded" },
        ],
    }),
    backendPanel({
        title: "Loki: requests",
        description: "Requests per second by status code. 429 is a rate limit, after which the Collector retries.",
        noData: NO_DATA.loki,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (status_code) (${jobRate("loki_request_duration_seconds_count", LOKI)})`,
                legend: "{{status_code}}",
            },
        ],
    }),
    timeSeriesPanel({
        title: "Loki: send failures",
        description: "Log records per second that the Collector could not deliver.",
        noData: "The Collector has sent no records to Loki since it started, or Prometheus does not scrape the Collector. An exporter without failures shows 0.",
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [{ expr: failuresByExporter("otelcol_exporter_send_failed", "log_records"), legend: "{{exporter}}" }],
    }),
];

const victoriaLogsPanels = (persistentQueues: boolean): readonly PanelSpec[] => [
    ...deliveryPanels("VictoriaLogs", exporterId("victorialogs", persistentQueues), "log_records"),
    backendPanel({
        title: "VictoriaLogs: streams",
        description: "New streams per second. A constant rate indicates a stream field with too many values.",
        noData: NO_DATA.victoriaLogs,
        unit: "cps",
        queries: [{ expr: `sum(${jobRate("vl_streams_created_total", VICTORIA_LOGS)})`, legend: "new streams" }],
    }),
    backendPanel({
        title: "VictoriaLogs: records",
        description:
            "Records per second that VictoriaLogs accepted, and those that it dropped: too old, in the future, or with too many fields.",
        noData: NO_DATA.victoriaLogs,
        unit: "cps",
        queries: [
            { expr: `sum(${jobRate("vl_rows_ingested_total", VICTORIA_LOGS)})`, legend: "accepted" },
            { expr: `sum(${jobRate("vl_rows_dropped_total", VICTORIA_LOGS)})`, legend: "dropped" },
        ],
    }),
    backendPanel({
        title: "VictoriaLogs: disk",
        description: "Bytes of records, and the limit above which VictoriaLogs deletes the oldest days.",
        noData: NO_DATA.victoriaLogs,
        unit: "bytes",
        queries: [
            { expr: `sum(vl_data_size_bytes{${VICTORIA_LOGS}})`, legend: "used" },
            { expr: `max(vl_max_disk_space_usage_bytes{${VICTORIA_LOGS}})`, legend: "limit" },
        ],
    }),
    backendPanel({
        title: "VictoriaLogs: records in memory",
        description: "Records that are only in memory. A crash loses them.",
        noData: NO_DATA.victoriaLogs,
        unit: "short",
        queries: [
            {
                expr: `sum(vl_storage_rows{${VICTORIA_LOGS},type="storage/inmemory"}) + sum(vl_pending_rows{${VICTORIA_LOGS},type="storage"})`,
                legend: "records",
            },
        ],
    }),
];
