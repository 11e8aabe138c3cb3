import type { DashboardSpec, PanelSpec } from "./model";

/** The file with the page of a dashboard, below the folder of the setting `grafana.dashboardDocsUrl`. */
export function renderPageFile({ uid }: Pick<DashboardSpec, "uid">): string {
    return `${uid.replace(/^otel-/, "")}.md`;
}

/** The page of a dashboard, with the anchor that GitHub gives to the heading of a panel. */
export function renderPanelLink(dashboard: Pick<DashboardSpec, "uid">, { title }: Pick<PanelSpec, "title">): string {
    const anchor = title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-");
    return `${renderPageFile(dashboard)}#${anchor}`;
}
