import type { LogRoute } from "../../../config/model/log-stores";
import { type DATA_SOURCES, JOB_LABEL } from "../../telemetry/names";
import { TRACE_TO_METRICS_QUERIES } from "../data-sources";
import { LOG_LANGUAGES } from "../log-languages";
import { renderPanelLink } from "./docs-links";
import { type GrafanaIntervals, resolveGrafanaIntervals } from "./intervals";
import { type DashboardContext, type PanelDataSource, dataSourceRef } from "./model";
import { resolveDashboards } from "./render";

/** A query of a dashboard, ready for the API of its data source. */
export interface DashboardQuery {
    readonly dashboard: string;
    readonly panel: string;
    readonly datasource: keyof typeof DATA_SOURCES;
    /** PromQL, LogQL, LogsQL, or for Jaeger `dependencyGraph` or `search:`, a service, `:` and tags. */
    readonly expr: string;
    /** The step of a range query. */
    readonly stepSeconds: number;
    /** Whether it is an instant query instead of a range query. */
    readonly instant: boolean;
    /** Whether to query exemplars too. */
    readonly exemplars: boolean;
    /** Why the query may return nothing on a healthy stack. Any other query must return data. */
    readonly emptyWhen?: string;
    /** What it means if it returns nothing otherwise. */
    readonly noData: string;
    /** The page of the panel in the documentation. */
    readonly docsUrl: string;
}

/** Values for Grafana's variables. */
export interface Interpolation {
    /** A service that sends all signals. */
    readonly service: string;
    /** Its namespace. By default it has none. */
    readonly namespace?: string;
    /** Its environment. By default, all are selected. */
    readonly environment?: string;
    /** The time range of the dashboard. */
    readonly rangeSeconds: number;
}

const TELEMETRYGEN: Interpolation = { service: "telemetrygen", rangeSeconds: 900 };

const FULL_CONTEXT: DashboardContext = {
    available: { prometheus: true, jaeger: true, kubelet: true, loki: true, spanMetrics: true, victorialogs: true },
    logStore: "loki",
    runsVictoriaLogs: true,
    longestSampleSeconds: 30,
    namespaces: ["playground-otel", "playground-otel-agent"],
    persistentQueues: false,
    collectorMemory: { limit: 268_435_456, limiterThreshold: 161_061_273 },
    docsUrl: "https://docs.example.com/dashboards",
};

/** All queries of all dashboards, for a test that each returns data. */
export function dashboardQueries(
    values: Interpolation = TELEMETRYGEN,
    context: DashboardContext = FULL_CONTEXT,
): readonly DashboardQuery[] {
    return resolveDashboards(context).flatMap(({ title, uid, rows }) =>
        rows.flatMap(({ panels }) =>
            panels.flatMap((panel) =>
                panel.queries.map(({ expr, instant = false, exemplars = false, emptyWhen }) => {
                    const datasource = dataSourceUid(panel.source);
                    // Log stores have no samples. Their step may be as short as Grafana's default.
                    const minStep = datasource === "prometheus" ? context.longestSampleSeconds : 1;
                    const intervals = resolveGrafanaIntervals(minStep, values.rangeSeconds, panel.width);
                    return {
                        dashboard: title,
                        panel: panel.title,
                        datasource,
                        expr: interpolate(expr, values, intervals),
                        stepSeconds: intervals.stepSeconds,
                        instant,
                        exemplars,
                        ...(emptyWhen === undefined ? {} : { emptyWhen }),
                        noData: panel.noData,
                        docsUrl: `${context.docsUrl}/${renderPanelLink({ uid }, panel)}`,
                    };
                }),
            ),
        ),
    );
}

/** The queries of the dashboards' variables. */
export function variableQueries(
    values: Interpolation = TELEMETRYGEN,
    context: DashboardContext = FULL_CONTEXT,
): readonly (Pick<DashboardQuery, "dashboard" | "datasource" | "expr"> & { readonly variable: string })[] {
    return resolveDashboards(context).flatMap(({ title, variables }) =>
        variables.map(({ name, source, query }) => ({
            dashboard: title,
            variable: name,
            datasource: dataSourceUid(source),
            expr: query.replaceAll("$job", resolveJob(values)),
        })),
    );
}

/**
 * The queries from a trace to its logs and metrics, as Grafana sends them.
 *
 * @param job Tag of the span's resource.
 */
export function correlationQueries(
    traceId: string,
    logStore: LogRoute,
    job: string,
): readonly Pick<DashboardQuery, "datasource" | "expr">[] {
    return [
        {
            datasource: logStore,
            expr: LOG_LANGUAGES[logStore].recordsOfTrace.replace("$${__trace.traceId}", () => traceId),
        },
        ...TRACE_TO_METRICS_QUERIES.map(({ query }) => ({
            datasource: "prometheus" as const,
            expr: query.replaceAll("$$__tags", () => `${JOB_LABEL}="${job}"`),
        })),
    ];
}

function dataSourceUid(source: PanelDataSource): DashboardQuery["datasource"] {
    return dataSourceRef(source).uid;
}

/** Prometheus' label of the service. */
function resolveJob({ namespace = "", service }: Interpolation): string {
    return namespace === "" ? service : `${namespace}/${service}`;
}

function interpolate(expr: string, values: Interpolation, { rateSeconds, stepSeconds }: GrafanaIntervals): string {
    const { environment, namespace = "", rangeSeconds, service } = values;
    return (
        expr
            .replaceAll("$__rate_interval", `${rateSeconds}s`)
            .replaceAll("$__auto", `${stepSeconds}s`)
            .replaceAll("$__range_s", String(rangeSeconds))
            .replaceAll("$__range", `${rangeSeconds}s`)
            // The VictoriaLogs plugin quotes the values of a multi-value variable.
            .replaceAll("in($service)", `in("${service}")`)
            .replaceAll("in($namespace)", `in("${namespace}")`)
            .replaceAll("in($environment)", environment === undefined ? "in(*)" : `in("${environment}")`)
            .replaceAll("$service", service)
            .replaceAll("$namespace", namespace)
            .replaceAll("$environment", environment ?? ".*")
            .replaceAll("$job", resolveJob(values))
    );
}
