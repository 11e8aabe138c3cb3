import { EDGE_DIMENSIONS, JOB_ATTRIBUTE, SERVICE_GRAPH, SPAN_DIMENSIONS, SPAN_METRICS } from "../../telemetry/names";
import { LOG_LANGUAGES } from "../log-languages";
import type { DashboardContext, DashboardSpec } from "./model";
import { NO_DATA } from "./no-data";
import { tablePanel, logsPanel, timeSeriesPanel, traceListPanel } from "./panels";
import { renderIncrease } from "./promql";

const UID = "otel-service";
const { environment, job, kind, namespace, service, span, status } = SPAN_DIMENSIONS;
const { client, clientEnvironment, clientNamespace, server, serverEnvironment, serverNamespace, type } =
    EDGE_DIMENSIONS;
const JOB_MATCHER = `${job}="$job"`;
const SERVICE_MATCHER = `${JOB_MATCHER},${environment}=~"$environment"`;
const ERROR_MATCHER = `${SERVICE_MATCHER},${status}="STATUS_CODE_ERROR"`;

/** The columns of a table of edges. Two services may have one name. */
export const EDGE_COLUMNS = {
    [client]: "From",
    [clientNamespace]: "Namespace of From",
    [server]: "To",
    [serverNamespace]: "Namespace of To",
    [type]: "Type",
} as const;
const BY_EDGE = Object.keys(EDGE_COLUMNS).join(", ");

/**
 * URL of a service's dashboard, with the same time range.
 *
 * @param jobValue Prometheus' `job`, which has the namespace.
 */
export function serviceUrl(jobValue: string): string {
    return `/d/${UID}?var-job=${jobValue}&\${__url_time_range}`;
}

function callRate(labels: string, matchers: string, window: string): string {
    return `sum by (${labels}) (rate(${SPAN_METRICS.calls}{${matchers}}[${window}]))`;
}

function errorRatio(labels: string, window: string): string {
    const all = callRate(labels, SERVICE_MATCHER, window);
    return `(${callRate(labels, ERROR_MATCHER, window)} or ${all} * 0) / ${all}`;
}

function durationQuantile(share: number, by: string, window: string): string {
    const buckets = renderIncrease(`${SPAN_METRICS.durationBucket}{${SERVICE_MATCHER}}`, window);
    return `histogram_quantile(${share}, sum by (${by}) (${buckets}))`;
}

/** One service: its requests, errors, durations, traces and logs. */
export const serviceDashboard = ({ logStore }: DashboardContext): DashboardSpec => ({
    uid: UID,
    title: "Service",
    description:
        "Requests, errors, durations, slowest operations, callers and callees, traces and logs of one service.",
    requires: "spanMetrics",
    variables: [
        { name: "job", label: "Service", source: "spanMetrics", query: `label_values(${SPAN_METRICS.calls}, ${job})` },
        {
            name: "environment",
            label: "Environment",
            source: "spanMetrics",
            query: valuesOfService(environment),
            all: ".*",
            single: true,
        },
        // Name and namespace for stores without `job`. The namespace is empty if the service has none.
        { name: "service", label: "Name", source: "spanMetrics", query: valuesOfService(service), hidden: true },
        {
            name: "namespace",
            label: "Namespace",
            source: "spanMetrics",
            query: valuesOfService(namespace),
            hidden: true,
        },
    ],
    rows: [
        {
            title: "Requests",
            panels: [
                timeSeriesPanel({
                    title: "Rate",
                    description:
                        "Spans per second by kind. SERVER: requests to the service. CLIENT: requests from the service.",
                    noData: NO_DATA.service,
                    source: "spanMetrics",
                    width: 8,
                    unit: "reqps",
                    queries: [{ expr: callRate(kind, SERVICE_MATCHER, "$__rate_interval"), legend: `{{${kind}}}` }],
                }),
                timeSeriesPanel({
                    title: "Errors",
                    description: "Share of spans with status ERROR, by kind.",
                    noData: NO_DATA.service,
                    source: "spanMetrics",
                    width: 8,
                    unit: "percentunit",
                    max: 1,
                    thresholds: { warning: 0.01, critical: 0.05 },
                    queries: [{ expr: errorRatio(kind, "$__rate_interval"), legend: `{{${kind}}}` }],
                }),
                timeSeriesPanel({
                    title: "Duration",
                    description:
                        "50th, 95th and 99th percentile. Each point is an exemplar: click it to open its trace.",
                    noData: NO_DATA.service,
                    source: "spanMetrics",
                    width: 8,
                    unit: "s",
                    queries: [
                        { expr: durationQuantile(0.5, "le", "$__rate_interval"), legend: "p50" },
                        { expr: durationQuantile(0.95, "le", "$__rate_interval"), legend: "p95" },
                        { expr: durationQuantile(0.99, "le", "$__rate_interval"), legend: "p99", exemplars: true },
                    ],
                }),
            ],
        },
        {
            title: "Operations, callers and callees",
            panels: [
                tablePanel({
                    title: "Slowest operations",
                    description: "Operations with the highest 95th percentile of the duration in this time range.",
                    noData: NO_DATA.service,
                    source: "spanMetrics",
                    width: 12,
                    keys: { [span]: "Operation" },
                    columns: [
                        {
                            name: "p95",
                            unit: "s",
                            expr: `topk(20, ${durationQuantile(0.95, `le, ${span}`, "$__range")})`,
                        },
                        { name: "Rate", unit: "reqps", expr: callRate(span, SERVICE_MATCHER, "$__range") },
                        { name: "Errors", unit: "percentunit", expr: errorRatio(span, "$__range") },
                    ],
                }),
                tablePanel({
                    title: "Callers and callees",
                    description: "Services that call the service, and services that it calls.",
                    noData: "The other side of each call sends no spans, or `traceparent` is not passed on, so that it starts a new trace.",
                    source: "spanMetrics",
                    width: 12,
                    keys: EDGE_COLUMNS,
                    columns: [
                        {
                            name: "Requests",
                            unit: "reqps",
                            expr: `${edgeRate(client, clientNamespace, clientEnvironment)} or ${edgeRate(server, serverNamespace, serverEnvironment)}`,
                            emptyWhen: "the service neither calls another nor is called",
                        },
                    ],
                }),
            ],
        },
        {
            title: "Traces and logs",
            panels: [
                traceListPanel({
                    title: "Latest traces",
                    description: "Traces with spans of the service, of all environments. Click one to open it.",
                    noData: "Jaeger has no traces of the service in this time range: tail sampling dropped them, or they are older than `jaeger.retention`.",
                    source: "jaeger",
                    width: 24,
                    queries: [{ expr: `search:$service:${JOB_ATTRIBUTE}="$job"` }],
                }),
                ...(logStore === undefined
                    ? []
                    : [
                          logsPanel({
                              title: "Logs",
                              description: "Log records of the service. Open a record for a link to its trace.",
                              noData: "The records have another service name, namespace or environment than the spans: set all three in `OTEL_RESOURCE_ATTRIBUTES`.",
                              source: logStore,
                              width: 24,
                              queries: [
                                  {
                                      expr: LOG_LANGUAGES[logStore].recordsOfService,
                                      emptyWhen: "the service sends no logs",
                                  },
                              ],
                          }),
                      ]),
            ],
        },
    ],
});

/** Calls per second over the time range, by edge. */
export function renderEdgeRate(counter: string): string {
    return `sum by (${BY_EDGE}) (${renderIncrease(counter, "$__range")}) / $__range_s`;
}

function edgeRate(side: string, sideNamespace: string, sideEnvironment: string): string {
    const matchers = `${side}="$service",${sideNamespace}="$namespace",${sideEnvironment}=~"$environment"`;
    return renderEdgeRate(`${SERVICE_GRAPH.requests}{${matchers}}`);
}

/** The query of a variable for the values of a label of the selected service. */
function valuesOfService(label: string): string {
    return `label_values(${SPAN_METRICS.calls}{${JOB_MATCHER}}, ${label})`;
}
