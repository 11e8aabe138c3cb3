import { DASHBOARDS, SERVICE_GRAPH, SPAN_DIMENSIONS, SPAN_METRICS } from "../../telemetry/names";
import type { LogRoute } from "../../../config/model/log-stores";
import { LOG_LANGUAGES } from "../log-languages";
import type { DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { NO_DATA } from "./no-data";
import { tablePanel, statPanel, serviceMapPanel, timeSeriesPanel } from "./panels";
import { ITEMS, TRACE_TIER_JOB, sumSignals, internalGauge, internalRate, sumOrZero } from "./promql";
import { EDGE_COLUMNS, renderEdgeRate, serviceUrl } from "./service";

const { job } = SPAN_DIMENSIONS;
const { calls } = SPAN_METRICS;
const ERROR_MATCHER = `${SPAN_DIMENSIONS.status}="STATUS_CODE_ERROR"`;

const NO_CALLS = "no service calls another service, a database or a queue";

function spanRateByService(matchers: string): string {
    return `sum by (${job}) (rate(${calls}{${matchers}}[$__range]))`;
}

/** Whether all signals arrive, and which services send them. */
export const overviewDashboard = (context: DashboardContext): DashboardSpec => ({
    uid: DASHBOARDS.overview,
    title: "Overview",
    description: "Received telemetry: whether all signals arrive, and which services send them.",
    requires: "prometheus",
    variables: [],
    rows: [
        {
            title: "Received telemetry",
            panels: [
                receivedPanel("Spans", ITEMS.traces),
                receivedPanel("Metric points", ITEMS.metrics),
                receivedPanel("Log records", ITEMS.logs),
                statPanel({
                    title: "Rejected",
                    description:
                        "Items per second that the Collector rejected. Clients may retry them. If it is above zero, check the Collector's memory and queues.",
                    noData: NO_DATA.prometheus,
                    source: "prometheus",
                    width: 4,
                    unit: "cps",
                    thresholds: { critical: 0.001 },
                    queries: [{ expr: sumSignals("otelcol_receiver_refused"), legend: "rejected" }],
                }),
                statPanel({
                    title: "Lost",
                    description:
                        "Items per second that the Collector accepted but could not deliver. Above zero, data is lost.",
                    noData: NO_DATA.prometheus,
                    source: "prometheus",
                    width: 4,
                    unit: "cps",
                    thresholds: { critical: 0.001 },
                    queries: [
                        {
                            expr: lostItemsRate(context),
                            legend: "lost",
                        },
                    ],
                }),
                statPanel({
                    title: "Collector uptime",
                    description: "Time since the last start of a Collector. A restart loses data in memory.",
                    noData: NO_DATA.collector,
                    source: "prometheus",
                    width: 4,
                    unit: "s",
                    queries: [{ expr: `min(${internalGauge("otelcol_process_uptime")})`, legend: "uptime" }],
                }),
            ],
        },
        {
            title: "Senders",
            panels: [
                timeSeriesPanel({
                    title: "Spans by service",
                    description: "Spans per second by service.",
                    noData: NO_DATA.spans,
                    source: "spanMetrics",
                    width: 12,
                    unit: "cps",
                    queries: [
                        {
                            expr: `sum by (${job}) (rate(${calls}[$__rate_interval]))`,
                            legend: `{{${job}}}`,
                        },
                    ],
                }),
                ...(context.logStore === undefined ? [] : [recordsByServicePanel(context.logStore)]),
                tablePanel({
                    title: "Services",
                    description: "All services that sent spans in this time range. Click a name to open the service.",
                    noData: NO_DATA.spans,
                    source: "spanMetrics",
                    width: 12,
                    keys: { [job]: "Service" },
                    link: { title: "Open the service", url: serviceUrl("${__value.raw}") },
                    columns: [
                        { name: "Spans", unit: "cps", expr: spanRateByService("") },
                        {
                            name: "Errors",
                            unit: "percentunit",
                            expr: `(${spanRateByService(ERROR_MATCHER)} or ${spanRateByService("")} * 0) / ${spanRateByService("")}`,
                        },
                        {
                            name: "Since",
                            unit: "dateTimeFromNow",
                            expr: `min by (${job}) (min_over_time(timestamp(${calls})[$__range:1m])) * 1000`,
                        },
                    ],
                }),
                tablePanel({
                    title: "Series by job",
                    description: "Series in Prometheus by job: scrape jobs, and services whose metrics were pushed.",
                    noData: "Prometheus has no series, because it has just started or scrapes no target.",
                    source: "prometheus",
                    width: 12,
                    keys: { job: "Job" },
                    columns: [{ name: "Series", unit: "short", expr: 'topk(20, count by (job) ({job!=""}))' }],
                }),
            ],
        },
        {
            title: "Service dependencies",
            panels: [
                serviceMapPanel({
                    title: "Service map",
                    description:
                        "Services and their calls, from the traces in Jaeger. Services of one name in two namespaces are one node; the table Calls between services has a row for each.",
                    noData: "Jaeger has no traces of this time range. It keeps them for `jaeger.retention`.",
                    source: "jaeger",
                    width: 12,
                    queries: [{ expr: "dependencyGraph", emptyWhen: "no trace has spans of two services" }],
                }),
                tablePanel({
                    title: "Calls between services",
                    description: "Requests per second from one service to another, and the share of failed requests.",
                    noData: "One side of each call sends no spans, or `traceparent` is not passed on, so that the other side starts a new trace.",
                    source: "spanMetrics",
                    width: 12,
                    keys: EDGE_COLUMNS,
                    columns: [
                        {
                            name: "Requests",
                            unit: "reqps",
                            expr: renderEdgeRate(SERVICE_GRAPH.requests),
                            emptyWhen: NO_CALLS,
                        },
                        {
                            name: "Errors",
                            unit: "percentunit",
                            expr: `(${renderEdgeRate(SERVICE_GRAPH.failed)} or ${renderEdgeRate(SERVICE_GRAPH.requests)} * 0) / (${renderEdgeRate(SERVICE_GRAPH.requests)})`,
                            emptyWhen: NO_CALLS,
                        },
                    ],
                }),
            ],
        },
    ],
});

function recordsByServicePanel(logStore: LogRoute): PanelSpec {
    const { allRecords, rateBy } = LOG_LANGUAGES[logStore];
    return timeSeriesPanel({
        title: "Log records by service",
        description: "Log records per second by service.",
        noData: NO_DATA.logs,
        source: logStore,
        width: 12,
        unit: "cps",
        queries: [rateBy("service", allRecords)],
    });
}

/** When a queue of the trace tier is full, the ingest tier still has the data. With tail sampling, it is lost. */
function lostItemsRate({ traceTier }: DashboardContext): string {
    const failures = ["otelcol_exporter_send_failed", "otelcol_exporter_enqueue_failed"];
    const traceTierFailures = failures.slice(0, traceTier?.tailSampling ? 2 : 1);
    return [
        ...failures.map((prefix) => sumSignals(prefix)),
        ...(traceTier ? traceTierFailures.map((prefix) => sumSignals(prefix, TRACE_TIER_JOB)) : []),
    ].join(" + ");
}

function receivedPanel(title: string, items: string): ReturnType<typeof statPanel> {
    return statPanel({
        title,
        description: `${title} per second that the Collector accepts.`,
        noData: NO_DATA.prometheus,
        source: "prometheus",
        width: 4,
        unit: "cps",
        queries: [{ expr: sumOrZero(internalRate(`otelcol_receiver_accepted_${items}`)), legend: title }],
    });
}
