import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { backendsDashboard } from "./backends";
import { collectorDashboard } from "./collector";
import { renderPanelLink } from "./docs-links";
import { logsDashboard } from "./logs";
import { type DashboardContext, type DashboardSpec, type VariableSpec, dataSourceRef } from "./model";
import { overviewDashboard } from "./overview";
import { serviceDashboard } from "./service";
import { usageDashboard } from "./usage";

/** Dashboard links select dashboards by this tag. */
const TAG = "otel-stack";

/** The dashboards that the stack has data for, without the panels that it has no data for. */
export function resolveDashboards(context: DashboardContext): readonly DashboardSpec[] {
    const { available } = context;
    return [
        overviewDashboard(context),
        serviceDashboard(context),
        collectorDashboard(context),
        ...(context.logStore === undefined ? [] : [logsDashboard(context.logStore)]),
        backendsDashboard(context),
        usageDashboard(context),
    ]
        .filter(({ requires: needs }) => available[needs])
        .map((spec) => ({
            ...spec,
            variables: spec.variables.filter(({ source }) => available[source]),
            rows: spec.rows
                .map((row) => ({ ...row, panels: row.panels.filter(({ source }) => available[source]) }))
                .filter(({ panels }) => panels.length > 0),
        }));
}

/** Renders the dashboard files: JSON by file name. */
export function renderDashboardFiles(context: DashboardContext): Readonly<Record<string, string>> {
    return Object.fromEntries(
        resolveDashboards(context).map((spec) => [
            `${spec.uid}.json`,
            `${JSON.stringify(renderDashboard(spec, context.docsUrl), undefined, 2)}\n`,
        ]),
    );
}

/* eslint-disable @typescript-eslint/no-deprecated -- the SDK prefers the schema of Grafana's new API; this one, which
   every Grafana reads from files, does not end. */

/** Renders a dashboard in Grafana's classic JSON model. */
export function renderDashboard(spec: DashboardSpec, docsUrl: string): dashboard.Dashboard {
    const builder = new dashboard.DashboardBuilder(spec.title)
        .uid(spec.uid)
        .description(spec.description)
        .tags([TAG])
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.Crosshair)
        .time({ from: "now-30m", to: "now" })
        .refresh("30s")
        .link(
            new dashboard.DashboardLinkBuilder("Dashboards")
                .type(dashboard.DashboardLinkType.Dashboards)
                .tags([TAG])
                .keepTime(true),
        )
        .variables(spec.variables.map(renderVariable));
    for (const { title, panels } of spec.rows) {
        builder.withRow(new dashboard.RowBuilder(title));
        for (const panel of panels) {
            const links = [renderDocsLink(`${docsUrl}/${renderPanelLink(spec, panel)}`)];
            builder.withPanel({ build: () => ({ ...panel.build().build(), links }) });
        }
    }
    const { panels = [], ...rest } = builder.build();
    return { ...rest, panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })) };
}

/** The link from a panel to what it means if it has no data. */
function renderDocsLink(url: string): dashboard.DashboardLink {
    return new dashboard.DashboardLinkBuilder("No data: why?")
        .type(dashboard.DashboardLinkType.Link)
        .url(url)
        .targetBlank(true)
        .build();
}

/* eslint-enable @typescript-eslint/no-deprecated */

/** Query for all values of a field, as the VictoriaLogs plugin expects it. */
const FIELD_VALUES_QUERY = { refId: "values", type: "fieldValue", query: "*", limit: 1000 } as const;

function renderVariable({
    name,
    label,
    source,
    query,
    all,
    single,
    hidden,
}: VariableSpec): dashboard.QueryVariableBuilder {
    const variable = new dashboard.QueryVariableBuilder(name)
        .label(label)
        .datasource(dataSourceRef(source))
        .query(source === "victorialogs" ? { ...FIELD_VALUES_QUERY, field: query } : query)
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc)
        .multi(all !== undefined && single !== true)
        .includeAll(all !== undefined);
    if (hidden === true) {
        variable.hide(dashboard.VariableHide.HideVariable);
    }
    return all !== undefined
        ? variable.allValue(all).current({ selected: true, text: "All", value: "$__all" })
        : variable;
}
