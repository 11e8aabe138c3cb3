import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as logs from "@grafana/grafana-foundation-sdk/logs";
import * as nodegraph from "@grafana/grafana-foundation-sdk/nodegraph";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { PanelSpec, Query } from "./model";
import { dataSourceRef } from "./model";
import { type ResultFormat, renderTarget } from "./targets";

type PanelBuilder =
    logs.PanelBuilder | nodegraph.PanelBuilder | stat.PanelBuilder | table.PanelBuilder | timeseries.PanelBuilder;

type PanelContent = Omit<PanelSpec, "build">;

/** Applies the properties that all panels have. */
function applyPanelContent<B extends PanelBuilder>(
    builder: B,
    spec: PanelContent,
    height: number,
    format: ResultFormat,
): B {
    const targets: Builder<Dataquery>[] = spec.queries.map((query, index) =>
        renderTarget(spec.source, query, format, String.fromCharCode("A".charCodeAt(0) + index)),
    );
    builder
        .title(spec.title)
        .description(spec.description)
        .datasource(dataSourceRef(spec.source))
        .span(spec.width)
        .height(height)
        .targets(targets);
    return builder;
}

/** The values above which a panel changes its colour. */
interface Thresholds {
    readonly warning?: number;
    readonly critical: number;
}

function renderThresholds({ warning, critical }: Thresholds): dashboard.ThresholdsConfigBuilder {
    return new dashboard.ThresholdsConfigBuilder()
        .mode(dashboard.ThresholdsMode.Absolute)
        .steps([
            { value: null, color: "green" },
            ...(warning === undefined ? [] : [{ value: warning, color: "orange" }]),
            { value: critical, color: "red" },
        ]);
}

interface MeasuredPanel extends PanelContent {
    /**
     * Grafana's id of the unit:
     * https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/
     */
    readonly unit: string;
    readonly thresholds?: Thresholds;
    /** Maximum of the scale. Undefined fits the data. */
    readonly max?: number;
}

/** A time series panel whose scale starts at zero. */
export function timeSeriesPanel(spec: MeasuredPanel): PanelSpec {
    const build = (): Builder<dashboard.Panel> => {
        const panel = applyPanelContent(new timeseries.PanelBuilder(), spec, 8, "series")
            .unit(spec.unit)
            .min(0)
            .fillOpacity(10)
            .showPoints(common.VisibilityMode.Auto)
            .legend(
                new common.VizLegendOptionsBuilder()
                    .showLegend(true)
                    .displayMode(common.LegendDisplayMode.List)
                    .placement(common.LegendPlacement.Bottom),
            )
            .tooltip(
                new common.VizTooltipOptionsBuilder()
                    .mode(common.TooltipDisplayMode.Multi)
                    .sort(common.SortOrder.Descending),
            );
        if (spec.max !== undefined) {
            panel.max(spec.max);
        }
        return spec.thresholds === undefined
            ? panel
            : panel
                  .thresholds(renderThresholds(spec.thresholds))
                  .thresholdsStyle(
                      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
                  );
    };
    return { ...spec, build };
}

/** A stat panel with the last value and a sparkline. */
export function statPanel(spec: MeasuredPanel): PanelSpec {
    const build = (): Builder<dashboard.Panel> => {
        const panel = applyPanelContent(new stat.PanelBuilder(), spec, 4, "series")
            .unit(spec.unit)
            .graphMode(common.BigValueGraphMode.Area)
            .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]));
        return spec.thresholds === undefined
            ? panel.thresholds(
                  new dashboard.ThresholdsConfigBuilder()
                      .mode(dashboard.ThresholdsMode.Absolute)
                      .steps([{ value: null, color: "blue" }]),
              )
            : panel.thresholds(renderThresholds(spec.thresholds)).colorMode(common.BigValueColorMode.Background);
    };
    return { ...spec, build };
}

/** A column of a table with the result of one query. */
interface Column extends Query {
    readonly name: string;
    readonly unit: string;
}

interface TablePanel extends Omit<PanelContent, "queries"> {
    /** The labels that identify a row, with their column titles. */
    readonly keys: Readonly<Record<string, string>>;
    readonly columns: readonly Column[];
    /** Link of each key's cells. */
    readonly link?: { readonly title: string; readonly url: string };
}

/** A table with the current values of several queries, one row for each set of labels. */
export function tablePanel({ keys, columns, link, ...spec }: TablePanel): PanelSpec {
    const queries = columns.map((column) => ({ ...column, instant: true }));
    const [first] = Object.keys(keys);
    const build = (): Builder<dashboard.Panel> => {
        const panel = applyPanelContent(new table.PanelBuilder(), { ...spec, queries }, 8, "table")
            .withTransformation({ id: "merge", options: {} })
            .withTransformation({ id: "organize", options: { excludeByName: { Time: true }, renameByName: keys } });
        columns.forEach(({ name, unit }, index) => {
            // With one query, Grafana adds no letter to the column's name.
            const letter = String.fromCharCode("A".charCodeAt(0) + index);
            panel.overrideByName(columns.length === 1 ? "Value" : `Value #${letter}`, [
                { id: "displayName", value: name },
                { id: "unit", value: unit },
            ]);
        });
        return link === undefined || first === undefined
            ? panel
            : panel.overrideByName(keys[first] ?? first, [{ id: "links", value: [link] }]);
    };
    return { ...spec, queries, build };
}

/** Log records, newest first. */
export function logsPanel(spec: PanelContent): PanelSpec {
    const build = (): Builder<dashboard.Panel> =>
        applyPanelContent(new logs.PanelBuilder(), spec, 12, "series")
            .showTime(true)
            .wrapLogMessage(true)
            .enableLogDetails(true)
            .dedupStrategy(common.LogsDedupStrategy.None)
            .sortOrder(common.LogsSortOrder.Descending);
    return { ...spec, build };
}

/** Traces from Jaeger, each linked to its spans. */
export function traceListPanel(spec: PanelContent): PanelSpec {
    return { ...spec, build: () => applyPanelContent(new table.PanelBuilder(), spec, 8, "table") };
}

/** Services and the calls between them. */
export function serviceMapPanel(spec: PanelContent): PanelSpec {
    return { ...spec, build: () => applyPanelContent(new nodegraph.PanelBuilder(), spec, 8, "series") };
}
