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

/** What every panel has. */
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

/** The values from which on a number is coloured. */
export interface Thresholds {
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
    /** Grafana's id of the unit: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/ */
    readonly unit: string;
    readonly thresholds?: Thresholds;
    /** End of the scale; what the data needs by default. */
    readonly max?: number;
}

/** Values over time, from zero. */
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

/** One number: the last one, and the way to it. */
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

/** A column of a table: what one query gives for each row. */
export interface Column extends Query {
    readonly name: string;
    readonly unit: string;
}

interface TablePanel extends Omit<PanelContent, "queries"> {
    /** The labels that tell rows apart, as they are titled. */
    readonly keys: Readonly<Record<string, string>>;
    readonly columns: readonly Column[];
    /** What a click on a key opens. */
    readonly link?: { readonly title: string; readonly url: string };
}

/** The present values of several queries beside each other, one row for each set of labels. */
export function tablePanel({ keys, columns, link, ...spec }: TablePanel): PanelSpec {
    const queries = columns.map((column) => ({ ...column, instant: true }));
    const [first] = Object.keys(keys);
    const build = (): Builder<dashboard.Panel> => {
        const panel = applyPanelContent(new table.PanelBuilder(), { ...spec, queries }, 8, "table")
            .withTransformation({ id: "merge", options: {} })
            .withTransformation({ id: "organize", options: { excludeByName: { Time: true }, renameByName: keys } });
        columns.forEach(({ name, unit }, index) => {
            // With one query the column has no letter.
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

/** Records of a log store, the newest first. */
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

/** Traces that Jaeger found, each a link to all of its spans. */
export function traceListPanel(spec: PanelContent): PanelSpec {
    return { ...spec, build: () => applyPanelContent(new table.PanelBuilder(), spec, 8, "table") };
}

/** Services and who calls whom. */
export function serviceMapPanel(spec: PanelContent): PanelSpec {
    return { ...spec, build: () => applyPanelContent(new nodegraph.PanelBuilder(), spec, 8, "series") };
}
