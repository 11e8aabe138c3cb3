import * as fs from "node:fs";
import * as path from "node:path";
import { renderPageFile, renderPanelLink } from "../../components/grafana/dashboards/docs-links";
import type { DashboardSpec, PanelDataSource, PanelSpec } from "../../components/grafana/dashboards/model";
import { resolveDashboards } from "../../components/grafana/dashboards/render";
import { resolveDashboardContext } from "../../components/grafana/from-settings";
import { resolvePlan } from "../../config/model/plan";
import { validate } from "../../config/validate";
import { type DashboardPicture, PICTURES_DIRECTORY, listPictures } from "./dashboard-pictures";
import { formatParagraph } from "./markdown";

const DIRECTORY = path.resolve(__dirname, "../../docs/reference/dashboards");

/** The stacks whose dashboards together have all panels. The pages have the panels of the first one, and what others add. */
const STACKS = [
    { note: "", settings: { ...bothLogStores(true), clusterTelemetry: { kubeletMetrics: { enabled: true } } } },
    { note: "Without Loki, from VictoriaLogs:", settings: bothLogStores(false) },
    { note: "With `topology: two-tier`:", settings: { ...bothLogStores(true), topology: "two-tier" } },
] as const;

/** The settings that make the data of a panel exist. */
const SETTINGS: Readonly<Record<PanelDataSource, string>> = {
    prometheus: "`prometheus.enabled`",
    jaeger: "`jaeger.enabled`",
    loki: "`loki.enabled` or `victoriaLogs.enabled`",
    victorialogs: "`loki.enabled` or `victoriaLogs.enabled`",
    kubelet: "`clusterTelemetry.kubeletMetrics.enabled`",
    spanMetrics: "`spanMetrics.enabled`",
};

const LANGUAGES: Readonly<Record<PanelDataSource, string>> = {
    prometheus: "promql",
    jaeger: "text",
    loki: "logql",
    victorialogs: "logsql",
    kubelet: "promql",
    spanMetrics: "promql",
};

/** A panel on the page of a dashboard. */
interface PanelEntry {
    readonly row: string;
    readonly panel: PanelSpec;
    /** The panels of other stacks with the same title and other queries. */
    readonly others: readonly { readonly note: string; readonly panel: PanelSpec }[];
    /** The setting that adds the panel. Empty for one of the first stack. */
    readonly note: string;
}

function bothLogStores(loki: boolean): object {
    return { loki: { enabled: loki }, victoriaLogs: { enabled: true } };
}

function resolveStackDashboards(raw: object): readonly DashboardSpec[] {
    const { settings, issues } = validate({ ...raw });
    if (issues) {
        throw new Error(`the settings are not valid: ${JSON.stringify(issues)}`);
    }
    return resolveDashboards(resolveDashboardContext(resolvePlan(settings)));
}

/** Renders the page of each dashboard as Markdown, by the name of its file. */
export function renderDashboardPages(): Readonly<Record<string, string>> {
    const [first, ...others] = STACKS.map(({ note, settings }) => ({
        note,
        dashboards: resolveStackDashboards(settings),
    }));
    return Object.fromEntries(
        (first?.dashboards ?? []).map((dashboard) => {
            const same = others.flatMap(({ note, dashboards }) =>
                dashboards.filter(({ uid }) => uid === dashboard.uid).map((other) => ({ note, dashboard: other })),
            );
            return [renderPageFile(dashboard), renderPage(dashboard, collectEntries(dashboard, same))];
        }),
    );
}

function listPanels({ rows }: DashboardSpec): readonly Pick<PanelEntry, "panel" | "row">[] {
    return rows.flatMap(({ title, panels }) => panels.map((panel) => ({ row: title, panel })));
}

function collectEntries(
    dashboard: DashboardSpec,
    others: readonly { readonly note: string; readonly dashboard: DashboardSpec }[],
): readonly PanelEntry[] {
    const own = listPanels(dashboard);
    const added = others.flatMap(({ note, dashboard: other }) =>
        listPanels(other)
            .filter(({ panel }) => own.every((known) => known.panel.title !== panel.title))
            .map((entry) => ({ ...entry, note, others: [] })),
    );
    const entries = own.map(({ panel, row }) => ({
        row,
        panel,
        note: "",
        others: others.flatMap(({ note, dashboard: other }) =>
            listPanels(other)
                .filter(
                    (entry) => entry.panel.title === panel.title && renderQueries(entry.panel) !== renderQueries(panel),
                )
                .map((entry) => ({ note, panel: entry.panel })),
        ),
    }));
    return [...entries, ...added];
}

function renderPage(dashboard: DashboardSpec, entries: readonly PanelEntry[]): string {
    const { description, requires, title, variables } = dashboard;
    const rows = [...new Set(entries.map(({ row }) => row))];
    return [
        `<!-- Generated from components/grafana/dashboards/ by tools/docs/dashboards-reference.ts; do not edit. To update it:
     node -r ts-node/register/transpile-only tools/docs/dashboards-reference.ts -->`,
        `# Dashboard ${title}`,
        formatParagraph(`${description} Grafana has it with ${SETTINGS[requires]}.`),
        ...listPictures(dashboard).map((picture) => renderPicture(dashboard, picture)),
        ...(variables.length === 0
            ? []
            : [
                  formatParagraph(
                      `Select ${variables
                          .filter(({ hidden }) => hidden !== true)
                          .map(({ label }) => label)
                          .join(", ")} at the top.`,
                  ),
              ]),
        formatParagraph(
            "The commands need `make open`, which forwards the ports, in another terminal. `make verify` runs the queries of all panels and names those without data. If a command finds nothing, [Find missing telemetry](../../how-to/find-missing-telemetry.md#a-panel-without-data) has the next steps. To run a query of Prometheus by hand, replace `$__rate_interval` and `$__range` with a window such as `5m`, and the other variables with their values. Long queries are not shown here: Grafana shows them under Edit.",
        ),
        ...rows.flatMap((row) => [
            `## ${row}`,
            ...entries.filter((entry) => entry.row === row).map((entry) => renderEntry(dashboard, entry)),
        ]),
    ]
        .join("\n\n")
        .concat("\n");
}

function renderPicture(dashboard: DashboardSpec, { caption, file, panel }: DashboardPicture): string {
    const link =
        panel === undefined
            ? ""
            : ` of the panel [${panel}](#${renderPanelLink(dashboard, { title: panel }).split("#")[1] ?? ""})`;
    return `![${caption}${panel === undefined ? "" : ` of the panel ${panel}`}](../../images/${PICTURES_DIRECTORY}/${file})\n\n${formatParagraph(`${caption}${link}.`)}`;
}

function renderEntry({ requires }: DashboardSpec, { note, others, panel }: PanelEntry): string {
    const { description, noData, queries, source, title } = panel;
    const normal = [...new Set(queries.flatMap(({ emptyWhen }) => emptyWhen ?? []))];
    const needs = source === requires ? "" : ` Only with ${SETTINGS[source]}.`;
    return [
        `### ${title}`,
        ...(note === "" ? [] : [note]),
        formatParagraph(`${description}${needs}`),
        renderQueries(panel),
        ...others.flatMap((other) =>
            renderQueries(other.panel) === "" ? [] : [other.note, renderQueries(other.panel)],
        ),
        formatParagraph(
            `**No data:** ${normal.length === 0 ? noData : `normal if ${normal.join(", or ")}. Otherwise: ${noData}`}`,
        ),
        renderCheck([panel, ...others.map((other) => other.panel)]),
    ]
        .filter((part) => part !== "")
        .join("\n\n");
}

/** Longer queries are for machines. Grafana shows them where panels are edited. */
const MAX_QUERY_LENGTH = 320;

/** The queries that a person can read. */
function renderQueries({ queries, source }: PanelSpec): string {
    const short = queries.map(({ expr }) => expr).filter(({ length }) => length <= MAX_QUERY_LENGTH);
    return short.length === 0 ? "" : `\`\`\`${LANGUAGES[source]}\n${short.join("\n")}\n\`\`\``;
}

/** The commands that find whether what the panels read exists. */
function renderCheck(panels: readonly PanelSpec[]): string {
    const commands = [...new Set(panels.map(renderCheckCommand))];
    return `\`\`\`console\n${commands.map((command) => `$ ${command}`).join("\n")}\n\`\`\``;
}

function renderCheckCommand({ queries, source }: PanelSpec): string {
    switch (source) {
        case "prometheus":
        case "kubelet":
        case "spanMetrics":
            return `curl -sG http://localhost:9090/api/v1/query --data-urlencode 'query=${renderExistenceQuery(queries)}'`;
        case "jaeger":
            return queries.some(({ expr }) => expr.startsWith("search:"))
                ? "curl -s http://localhost:16686/api/services"
                : 'curl -s "http://localhost:16686/api/dependencies?endTs=$(date +%s000)&lookback=3600000"';
        case "loki":
            return `curl -sG http://localhost:3100/loki/api/v1/series --data-urlencode 'match[]={service_name=~".+"}'`;
        case "victorialogs":
            return "curl -s http://localhost:9428/select/logsql/query --data-urlencode 'query=_time:1h | stats by (service.name, service.namespace, deployment.environment.name) count() records'";
    }
}

/** Counts the series of the last hour of each metric that a panel reads. */
function renderExistenceQuery(queries: PanelSpec["queries"]): string {
    const names = [...new Set(queries.flatMap(({ expr }) => findMetricNames(expr)))];
    const [only] = names;
    return only === undefined
        ? "up"
        : names.length === 1
          ? `count by (job) (last_over_time(${only}[1h]))`
          : `count by (__name__, job) (last_over_time({__name__=~"${names.join("|")}"}[1h]))`;
}

/** The metrics of a query. Unlike functions and lists of labels, they have `{`, `[` or `)` after their name. */
function findMetricNames(expr: string): string[] {
    const withoutLabels = expr.replaceAll(/\{[^}]*\}/g, "{}").replaceAll(/\b(by|on|without) \([^)]*\)/g, "");
    return [...withoutLabels.matchAll(/\b([a-z][a-z_]*)(?=[{[)])/g)].map(([, name = ""]) => name);
}

if (require.main === module) {
    fs.mkdirSync(DIRECTORY, { recursive: true });
    for (const [file, text] of Object.entries(renderDashboardPages())) {
        fs.writeFileSync(path.join(DIRECTORY, file), text);
    }
}
