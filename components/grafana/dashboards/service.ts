import { EDGE_DIMENSIONS, SERVICE_GRAPH, SERVICE_LABEL, SPAN_DIMENSIONS, SPAN_METRICS } from "../../telemetry/names";
import { LOG_LANGUAGES } from "../log-languages";
import type { DashboardContext, DashboardSpec } from "./model";
import { tablePanel, logsPanel, timeSeriesPanel, traceListPanel } from "./panels";

const UID = "otel-service";
const { span, kind, status } = SPAN_DIMENSIONS;
const { client, server } = EDGE_DIMENSIONS;
const SERVICE_MATCHER = `${SERVICE_LABEL}="$service"`;
const ERROR_MATCHER = `${SERVICE_MATCHER},${status}="STATUS_CODE_ERROR"`;

/** URL of a service's dashboard, with the same time range. */
export function serviceUrl(service: string): string {
    return `/d/${UID}?var-service=${service}&\${__url_time_range}`;
}

function callRate(labels: string, matchers: string, window: string): string {
    return `sum by (${labels}) (rate(${SPAN_METRICS.calls}{${matchers}}[${window}]))`;
}

function errorRatio(labels: string, window: string): string {
    const all = callRate(labels, SERVICE_MATCHER, window);
    return `(${callRate(labels, ERROR_MATCHER, window)} or ${all} * 0) / ${all}`;
}

function durationQuantile(share: number, by: string, window: string): string {
    const buckets = `rate(${SPAN_METRICS.durationBucket}{${SERVICE_MATCHER}}[${window}])`;
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
        {
            name: "service",
            label: "Service",
            source: "spanMetrics",
            query: `label_values(${SPAN_METRICS.calls}, ${SERVICE_LABEL})`,
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
                    source: "spanMetrics",
                    width: 8,
                    unit: "reqps",
                    queries: [{ expr: callRate(kind, SERVICE_MATCHER, "$__rate_interval"), legend: `{{${kind}}}` }],
                }),
                timeSeriesPanel({
                    title: "Errors",
                    description: "Share of spans with status ERROR, by kind.",
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
                    source: "spanMetrics",
                    width: 12,
                    keys: { [client]: "From", [server]: "To" },
                    columns: [
                        {
                            name: "Requests",
                            unit: "reqps",
                            expr: `${edgeRate(client)} or ${edgeRate(server)}`,
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
                    description: "Traces with spans of the service. Click one to open it.",
                    source: "jaeger",
                    width: 24,
                    queries: [{ expr: "search:$service" }],
                }),
                ...(logStore === undefined
                    ? []
                    : [
                          logsPanel({
                              title: "Logs",
                              description: "Log records of the service. Open a record for a link to its trace.",
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

function edgeRate(side: string): string {
    return `sum by (${client}, ${server}) (rate(${SERVICE_GRAPH.requests}{${side}="$service"}[$__range]))`;
}
