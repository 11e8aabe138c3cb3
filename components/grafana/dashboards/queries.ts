import type { LogRoute } from "../../../config/log-stores";
import type { DATA_SOURCES } from "../../shared/correlation";
import { METRICS_OF_SPAN } from "../data-sources";
import { LOG_LANGUAGES } from "../log-languages";
import { type DashboardContext, type Source, dataSourceOf } from "./model";
import { stackDashboards } from "./render";

/** A query of a dashboard, ready to be sent to its data source's own API. */
export interface DashboardQuery {
    readonly dashboard: string;
    readonly panel: string;
    readonly datasource: keyof typeof DATA_SOURCES;
    /** PromQL, LogQL, LogsQL, or for Jaeger `dependencyGraph` or `search:` and a service. */
    readonly expr: string;
    /** Whether it asks for the present alone, not for a time range. */
    readonly instant: boolean;
    /** Whether the traces behind its numbers are asked for as well. */
    readonly exemplars: boolean;
    /** Why a healthy stack may have nothing to answer; a query without it must return something. */
    readonly emptyWhen?: string;
}

/** What Grafana puts in for its variables. */
export interface Interpolation {
    /** A service that sends all signals. */
    readonly service: string;
    /** Window of a rate, such as `1m`: several scrapes. */
    readonly rateInterval: string;
    /** The time range of the dashboard. */
    readonly range: string;
}

const ALL_OF_IT: DashboardContext = {
    has: { prometheus: true, jaeger: true, kubelet: true, loki: true, spanMetrics: true, victorialogs: true },
    logStore: "loki",
    keepsInVictoriaLogs: true,
    namespaces: ["playground-otel", "playground-otel-agent"],
    onDisk: false,
    collectorMemory: { limit: 268_435_456, refusesAbove: 161_061_273 },
};

/** All queries of all dashboards, for a proof that each returns data. */
export function dashboardQueries(
    values: Interpolation = { service: "telemetrygen", rateInterval: "1m", range: "15m" },
    context: DashboardContext = ALL_OF_IT,
): readonly DashboardQuery[] {
    return stackDashboards(context).flatMap(({ title, rows }) =>
        rows.flatMap(({ panels }) =>
            panels.flatMap((panel) =>
                panel.queries.map(({ expr, instant = false, exemplars = false, emptyWhen }) => ({
                    dashboard: title,
                    panel: panel.title,
                    datasource: datasourceOf(panel.source),
                    expr: interpolate(expr, values),
                    instant,
                    exemplars,
                    ...(emptyWhen === undefined ? {} : { emptyWhen }),
                })),
            ),
        ),
    );
}

/** The lists to choose from at the top of a dashboard. */
export function variableQueries(
    context: DashboardContext = ALL_OF_IT,
): readonly (Pick<DashboardQuery, "dashboard" | "datasource" | "expr"> & { readonly variable: string })[] {
    return stackDashboards(context).flatMap(({ title, variables }) =>
        variables.map(({ name, source, query }) => ({
            dashboard: title,
            variable: name,
            datasource: datasourceOf(source),
            expr: query,
        })),
    );
}

/** The queries that lead from a trace to its logs and metrics, as Grafana sends them. */
export function jumpQueries(
    traceId: string,
    logStore: LogRoute,
): readonly Pick<DashboardQuery, "datasource" | "expr">[] {
    return [
        { datasource: logStore, expr: LOG_LANGUAGES[logStore].ofTrace.replace("$${__trace.traceId}", () => traceId) },
        // Jaeger has no attribute for the label.
        ...METRICS_OF_SPAN.map(({ query }) => ({
            datasource: "prometheus" as const,
            expr: query.replaceAll("$$__tags", ""),
        })),
    ];
}

function datasourceOf(source: Source): DashboardQuery["datasource"] {
    return dataSourceOf(source).uid;
}

function interpolate(expr: string, { service, rateInterval, range }: Interpolation): string {
    return (
        expr
            .replaceAll("$__rate_interval", rateInterval)
            .replaceAll("$__auto", rateInterval)
            .replaceAll("$__range", range)
            // Where several may be chosen, the plugin of VictoriaLogs puts each in quotes.
            .replaceAll("in($service)", `in("${service}")`)
            .replaceAll("$service", service)
    );
}
