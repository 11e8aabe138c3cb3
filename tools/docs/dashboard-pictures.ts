import * as fs from "node:fs";
import * as path from "node:path";
import { renderPageFile } from "../../components/grafana/dashboards/docs-links";
import type { DashboardSpec } from "../../components/grafana/dashboards/model";

/** Below docs/images. */
export const PICTURES_DIRECTORY = "dashboards";

export const PICTURES_PATH = path.resolve(__dirname, "../../docs/images", PICTURES_DIRECTORY);

/** A picture on the page of a dashboard. */
export interface DashboardPicture {
    readonly file: string;
    readonly caption: string;
    /** The panel whose query it shows. Undefined for the whole dashboard. */
    readonly panel?: string;
}

/** The panel of each dashboard whose query is pictured in the UI of its store, for people without Grafana. */
export const PICTURED_PANELS: Readonly<Record<string, string>> = {
    "otel-backends": "Prometheus: samples",
    "otel-collector": "Spans accepted",
    "otel-logs": "Records by service",
    "otel-overview": "Spans by service",
    "otel-service": "Rate",
    "otel-usage": "Memory of each pod",
};

/** The UIs in which dashboards are pictured. */
const PICTURED_UIS = {
    prometheus: { suffix: "", caption: "Prometheus' page Query with the query" },
    victorialogs: { suffix: "", caption: "VictoriaLogs' page with the records" },
    grafana: { suffix: "-grafana", caption: "Grafana" },
} as const;

type PicturedUi = keyof typeof PICTURED_UIS;

/** The file of a picture. */
export function renderPictureFile(dashboard: Pick<DashboardSpec, "uid">, ui: PicturedUi): string {
    return `${renderPageFile(dashboard).replace(/\.md$/, "")}${PICTURED_UIS[ui].suffix}.png`;
}

/** The pictures of a dashboard that exist: of Grafana, and of the query of one panel in the UI of its store. */
export function listPictures(dashboard: Pick<DashboardSpec, "uid">): readonly DashboardPicture[] {
    const panel = PICTURED_PANELS[dashboard.uid];
    const store: PicturedUi = dashboard.uid === "otel-logs" ? "victorialogs" : "prometheus";
    return [
        { file: renderPictureFile(dashboard, "grafana"), caption: PICTURED_UIS.grafana.caption },
        ...(panel === undefined
            ? []
            : [{ file: renderPictureFile(dashboard, store), caption: PICTURED_UIS[store].caption, panel }]),
    ].filter(({ file }) => fs.existsSync(path.join(PICTURES_PATH, file)));
}
