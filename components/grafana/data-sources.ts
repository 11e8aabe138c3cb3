import {
    DATA_SOURCES,
    EXEMPLAR_TRACE_ID,
    SERVICE_LABEL,
    SPAN_DIMENSIONS,
    SPAN_METRICS,
    TRACE_FIELDS,
} from "../shared/correlation";

/** Where the backends are that Grafana reads; one that is off has no URL, and no jump leads to it. */
export interface DataSourceUrls {
    readonly prometheus?: string;
    readonly jaeger?: string;
    readonly loki?: string;
}

export interface DataSourceArgs {
    readonly urls: DataSourceUrls;
    /** Time between two scrapes: what the window of a rate follows from. */
    readonly scrapeInterval: string;
    /** Whether there are metrics of spans to jump to. */
    readonly spanMetrics: boolean;
}

/** How far around a span its logs and metrics are looked for: clocks differ, and metrics come in steps. */
const AROUND = "5m";

/** All logs of a trace; `$$` as provisioning would read `${` as an environment variable. */
export const LOGS_OF_TRACE = `{${SERVICE_LABEL}=~".+"} | ${TRACE_FIELDS.traceId}="$\${__trace.traceId}"`;

/** Metrics of the service of a span, or of all where Jaeger does not know the attribute. */
const TRACE_TAGS = [{ key: "service.name", value: SERVICE_LABEL }];
const BY_OPERATION = `${SPAN_DIMENSIONS.service}, ${SPAN_DIMENSIONS.span}`;
export const METRICS_OF_SPAN = [
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
 * Grafana's file of data sources, with the jumps between them: a point of a graph to its trace, a trace to its logs
 * and metrics, a log record to its trace.
 *
 * https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function dataSources(args: DataSourceArgs): object {
    const { prometheus, jaeger, loki } = args.urls;
    return {
        apiVersion: 1,
        datasources: [
            ...(prometheus === undefined ? [] : [prometheusSource(prometheus, args)]),
            ...(jaeger === undefined ? [] : [jaegerSource(jaeger, args)]),
            ...(loki === undefined ? [] : [lokiSource(loki, args)]),
        ],
    };
}

function source(type: keyof typeof DATA_SOURCES, name: string, url: string, jsonData: object): object {
    return {
        name,
        type,
        uid: DATA_SOURCES[type],
        url,
        access: "proxy",
        editable: false,
        isDefault: type === "prometheus",
        jsonData,
    };
}

function prometheusSource(url: string, { urls, scrapeInterval }: DataSourceArgs): object {
    return source("prometheus", "Prometheus", url, {
        httpMethod: "POST",
        prometheusType: "Prometheus",
        timeInterval: scrapeInterval,
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

function jaegerSource(url: string, { urls, spanMetrics }: DataSourceArgs): object {
    const shifts = { spanStartTimeShift: `-${AROUND}`, spanEndTimeShift: AROUND };
    return source("jaeger", "Jaeger", url, {
        nodeGraph: { enabled: true },
        spanBar: { type: "Duration" },
        ...(urls.loki === undefined
            ? {}
            : {
                  tracesToLogsV2: {
                      datasourceUid: DATA_SOURCES.loki,
                      ...shifts,
                      customQuery: true,
                      query: LOGS_OF_TRACE,
                  },
              }),
        ...(urls.prometheus === undefined || !spanMetrics
            ? {}
            : {
                  tracesToMetrics: {
                      datasourceUid: DATA_SOURCES.prometheus,
                      ...shifts,
                      tags: TRACE_TAGS,
                      queries: METRICS_OF_SPAN,
                  },
              }),
    });
}

function lokiSource(url: string, { urls }: DataSourceArgs): object {
    return source("loki", "Loki", url, {
        maxLines: 1000,
        ...(urls.jaeger === undefined
            ? {}
            : {
                  derivedFields: [
                      {
                          name: "Trace",
                          // The field as it is, not a pattern in the text of the record.
                          matcherType: "label",
                          matcherRegex: `^${TRACE_FIELDS.traceId}$`,
                          datasourceUid: DATA_SOURCES.jaeger,
                          url: "$${__value.raw}",
                          urlDisplayLabel: "Open the trace",
                      },
                  ],
              }),
    });
}
