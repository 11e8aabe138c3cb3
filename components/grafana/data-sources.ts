import { LOG_ROUTES, type LogRoute } from "../../config/model/log-stores";
import {
    ALERTMANAGER_DATA_SOURCE,
    DATA_SOURCES,
    EXEMPLAR_TRACE_ID,
    JOB_ATTRIBUTE,
    JOB_LABEL,
    SPAN_DIMENSIONS,
    SPAN_METRICS,
    TRACE_FIELDS,
    VICTORIA_LOGS_PLUGIN,
} from "../telemetry/names";
import { LOG_LANGUAGES } from "./log-languages";

/** URLs of the backends. A disabled backend has no URL, and no link leads to it. */
export interface DataSourceUrls extends Readonly<Partial<Record<LogRoute, string>>> {
    readonly prometheus?: string;
    readonly jaeger?: string;
    readonly alertmanager?: string;
}

export interface DataSourceArgs {
    readonly urls: DataSourceUrls;
    /**
     * The longest interval between two samples of a series. Grafana's window of a rate contains at least four, and the
     * step of a query is at least this. Queries do not set their own: Grafana 13 takes that as the step of any range,
     * and Prometheus rejects a range of more than 11,000 steps.
     */
    readonly longestSampleSeconds: number;
    /** Whether span metrics exist to link to. */
    readonly spanMetrics: boolean;
}

/** Time around a span to search for logs and metrics. Clocks differ, and metrics have a scrape interval. */
const CORRELATION_WINDOW = "5m";

/** Maximum number of records that a query returns. */
const MAX_RECORDS = 1000;

/** Selects the metrics of the span's service. Jaeger has no tag `service.name`. */
const TRACE_TAGS = [{ key: JOB_ATTRIBUTE, value: JOB_LABEL }];
const BY_OPERATION = `${SPAN_DIMENSIONS.job}, ${SPAN_DIMENSIONS.span}`;
export const TRACE_TO_METRICS_QUERIES = [
    { name: "Rate", query: `sum by (${BY_OPERATION}) (rate(${SPAN_METRICS.calls}{$$__tags}[5m]))` },
    {
        name: "Errors",
        query: `sum by (${BY_OPERATION}) (rate(${SPAN_METRICS.calls}{${SPAN_DIMENSIONS.status}="STATUS_CODE_ERROR", $$__tags}[5m]))`,
    },
    {
        name: "Duration, p95",
        query: `histogram_quantile(0.95, sum by (le, ${BY_OPERATION}) (rate(${SPAN_METRICS.durationBucket}{$$__tags}[5m])))`,
    },
] as const;

/**
 * Renders Grafana's data sources and the links between them: from an exemplar to its trace, from a trace to its logs
 * and metrics, and from a log record to its trace.
 *
 * https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function renderDataSources(args: DataSourceArgs): object {
    const { alertmanager, prometheus, jaeger, loki, victorialogs } = args.urls;
    return {
        apiVersion: 1,
        datasources: [
            ...(prometheus === undefined ? [] : [renderPrometheusSource(prometheus, args)]),
            ...(jaeger === undefined ? [] : [renderJaegerSource(jaeger, args)]),
            ...(loki === undefined ? [] : [renderLokiSource(loki, args)]),
            ...(victorialogs === undefined ? [] : [renderVictoriaLogsSource(victorialogs, args)]),
            ...(alertmanager === undefined ? [] : [renderAlertmanagerSource(alertmanager)]),
        ],
    };
}

/** The log store for links and dashboards if there are several. */
export function firstLogStore(available: Readonly<Partial<Record<LogRoute, unknown>>>): LogRoute | undefined {
    return Object.values(LOG_ROUTES).find((route) => available[route]);
}

/** The type of a data source, which is the id of its plugin. */
export function dataSourceType(source: keyof typeof DATA_SOURCES): string {
    return source === "victorialogs" ? VICTORIA_LOGS_PLUGIN : source;
}

function renderDataSource(of: keyof typeof DATA_SOURCES, name: string, url: string, jsonData: object): object {
    return {
        name,
        type: dataSourceType(of),
        uid: DATA_SOURCES[of],
        url,
        access: "proxy",
        editable: false,
        isDefault: of === "prometheus",
        jsonData,
    };
}

function renderPrometheusSource(url: string, { urls, longestSampleSeconds }: DataSourceArgs): object {
    return renderDataSource("prometheus", "Prometheus", url, {
        httpMethod: "POST",
        prometheusType: "Prometheus",
        timeInterval: `${longestSampleSeconds}s`,
        ...(urls.alertmanager === undefined ? {} : { alertmanagerUid: ALERTMANAGER_DATA_SOURCE }),
        ...(urls.jaeger === undefined
            ? {}
            : {
                  exemplarTraceIdDestinations: [
                      {
                          name: EXEMPLAR_TRACE_ID,
                          datasourceUid: DATA_SOURCES.jaeger,
                          urlDisplayLabel: "Open the trace",
                      },
                  ],
              }),
    });
}

function renderJaegerSource(url: string, { urls, spanMetrics }: DataSourceArgs): object {
    const logs = firstLogStore(urls);
    const shifts = { spanStartTimeShift: `-${CORRELATION_WINDOW}`, spanEndTimeShift: CORRELATION_WINDOW };
    return renderDataSource("jaeger", "Jaeger", url, {
        nodeGraph: { enabled: true },
        spanBar: { type: "Duration" },
        ...(logs === undefined
            ? {}
            : {
                  tracesToLogsV2: {
                      datasourceUid: DATA_SOURCES[logs],
                      ...shifts,
                      customQuery: true,
                      query: LOG_LANGUAGES[logs].recordsOfTrace,
                  },
              }),
        ...(urls.prometheus === undefined || !spanMetrics
            ? {}
            : {
                  tracesToMetrics: {
                      datasourceUid: DATA_SOURCES.prometheus,
                      ...shifts,
                      tags: TRACE_TAGS,
                      queries: TRACE_TO_METRICS_QUERIES,
                  },
              }),
    });
}

function renderLokiSource(url: string, { urls }: DataSourceArgs): object {
    return renderDataSource("loki", "Loki", url, {
        maxLines: MAX_RECORDS,
        ...renderTraceLink(urls, `^${TRACE_FIELDS.traceId}$`),
    });
}

/** https://github.com/VictoriaMetrics/victorialogs-datasource/blob/main/src/README.md */
function renderVictoriaLogsSource(url: string, { urls }: DataSourceArgs): object {
    // The plugin compares the field's name. Loki's data source matches a pattern in the record's text.
    return renderDataSource("victorialogs", "VictoriaLogs", url, {
        maxLines: String(MAX_RECORDS),
        ...renderTraceLink(urls, TRACE_FIELDS.traceId),
    });
}

/** https://grafana.com/docs/grafana/latest/datasources/alertmanager/ */
function renderAlertmanagerSource(url: string): object {
    return {
        name: "Alertmanager",
        type: ALERTMANAGER_DATA_SOURCE,
        uid: ALERTMANAGER_DATA_SOURCE,
        url,
        access: "proxy",
        editable: false,
        // Grafana's own alerts stay in Grafana, which has none by default.
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
    };
}

/** The link from a log record to its trace. */
function renderTraceLink({ jaeger }: DataSourceUrls, field: string): object {
    return jaeger === undefined
        ? {}
        : {
              derivedFields: [
                  {
                      name: "Trace",
                      // Uses the label's value instead of a pattern in the record's text.
                      matcherType: "label",
                      matcherRegex: field,
                      datasourceUid: DATA_SOURCES.jaeger,
                      url: "$${__value.raw}",
                      urlDisplayLabel: "Open the trace",
                  },
              ],
          };
}
