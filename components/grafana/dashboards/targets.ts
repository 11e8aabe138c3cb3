import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as loki from "@grafana/grafana-foundation-sdk/loki";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import { type Query, type PanelDataSource, dataSourceRef } from "./model";

export type ResultFormat = "series" | "table";

/** Renders a query as Grafana sends it to its data source. */
export function renderTarget(
    source: PanelDataSource,
    query: Query,
    format: ResultFormat,
    refId: string,
): Builder<Dataquery> {
    switch (source) {
        case "prometheus":
        case "kubelet":
        case "spanMetrics":
            return prometheusTarget(query, format, refId);
        case "loki":
            return lokiTarget(query, refId);
        case "victorialogs":
            return victoriaLogsTarget(query, refId);
        case "jaeger":
            return jaegerTarget(query, refId);
    }
}

function prometheusTarget(
    { expr, legend, instant, exemplars }: Query,
    format: ResultFormat,
    refId: string,
): Builder<Dataquery> {
    const target = new prometheus.DataqueryBuilder()
        .datasource(dataSourceRef("prometheus"))
        .editorMode(prometheus.QueryEditorMode.Code)
        .refId(refId)
        .expr(expr)
        .format(format === "table" ? prometheus.PromQueryFormat.Table : prometheus.PromQueryFormat.TimeSeries);
    if (legend !== undefined) {
        target.legendFormat(legend);
    }
    if (exemplars === true) {
        target.exemplar(true);
    }
    return instant === true ? target.instant() : target.range();
}

function lokiTarget({ expr, legend, instant }: Query, refId: string): Builder<Dataquery> {
    const target = new loki.DataqueryBuilder()
        .datasource(dataSourceRef("loki"))
        .editorMode(loki.QueryEditorMode.Code)
        .refId(refId)
        .expr(expr)
        .queryType(instant === true ? "instant" : "range");
    return legend === undefined ? target : target.legendFormat(legend);
}

/** A query of VictoriaLogs, for which the SDK has no builder. */
interface VictoriaLogsQuery extends Dataquery {
    readonly refId: string;
    readonly datasource: { readonly type: string; readonly uid: string };
    readonly editorMode: "code";
    readonly expr: string;
    /** `instant` returns records, `statsRange` their number in each step. */
    readonly queryType: "instant" | "statsRange";
    readonly legendFormat?: string;
}

function victoriaLogsTarget({ expr, legend }: Query, refId: string): Builder<Dataquery> {
    const target: VictoriaLogsQuery = {
        refId,
        datasource: dataSourceRef("victorialogs"),
        editorMode: "code",
        expr,
        ...(legend === undefined ? { queryType: "instant" } : { queryType: "statsRange", legendFormat: legend }),
        _implementsDataqueryVariant: () => undefined,
    };
    return { build: () => target };
}

/** A query of Jaeger, for which the SDK has no builder. */
interface JaegerQuery extends Dataquery {
    readonly refId: string;
    readonly datasource: { readonly type: string; readonly uid: string };
    readonly queryType: string;
    readonly service?: string;
    /** Tags of a span or of its resource, as `key=value`. */
    readonly tags?: string;
    readonly limit?: number;
}

const TRACES_LISTED = 20;

/** `dependencyGraph`, or `search:` with the name of a service, `:` and tags. */
function jaegerTarget({ expr }: Query, refId: string): Builder<Dataquery> {
    const [queryType = expr, service, tags] = expr.split(":");
    const target: JaegerQuery = {
        refId,
        datasource: dataSourceRef("jaeger"),
        queryType,
        ...(service === undefined ? {} : { service, limit: TRACES_LISTED }),
        ...(tags === undefined ? {} : { tags }),
        _implementsDataqueryVariant: () => undefined,
    };
    return { build: () => target };
}
