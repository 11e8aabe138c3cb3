import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { shopNames } from "../../components/shop/shop";
import { type DashboardQuery, dashboardQueries } from "../../components/grafana/dashboards/queries";
import { resolveDashboards } from "../../components/grafana/dashboards/render";
import { resolveDashboardContext } from "../../components/grafana/from-settings";
import { resolvePlan } from "../../config/model/plan";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { validate } from "../../config/validate";
import { E2E_PACKAGES, findMissingPackages, installPackages } from "../../sandbox/system-packages";
import { BrowserPage } from "../browser/browser-page";
import { renderGraphPath, waitForCurve } from "../browser/prometheus-graph";
import { PICTURED_PANELS, PICTURES_PATH, renderPictureFile } from "../docs/dashboard-pictures";
import { readStackSettings } from "../render/program";
import { requireCluster } from "../stack/cluster";
import { resolveStack } from "../stack/stack";
import type { GrafanaLogin } from "../verify/grafana";
import { openStoreForwards } from "../verify/panels";
import { PortForward } from "../verify/port-forward";
import { QUERY_RANGE, QUERY_RANGE_SECONDS } from "../verify/store-api";
import { readDeployedLogin, readStackOutputs } from "../verify/verify-stack";

const USAGE = `Usage: pictures STACK

Writes the pictures on the pages of the dashboards, docs/images/dashboards, from the deployed stack: the query of one
panel of each dashboard in the UI of Prometheus or VictoriaLogs. If the stack has Grafana, whole dashboards as well.
The sandbox has no Grafana.`;

const MAX_BYTES = 60_000;
/** With the names of the series below the graph. */
const GRAPH_SIZE = { width: 820, height: 740 };
/** Short, so that a stack that has just been deployed fills the graph. */
const GRAPH_RANGE = "5m";
/** Without the records, whose text would make a large picture. */
const RECORDS_SIZE = { width: 900, height: 560 };
const DASHBOARD_SIZE = { width: 1200, height: 900 };
/** For the queries of all visible panels. */
const DASHBOARD_LOAD_MS = 10_000;
/** The service that the shop is in, in the attribute `service.namespace`. */
const SHOP_NAMESPACE = "shop";

type Dashboard = ReturnType<typeof resolveDashboards>[number];

/** Opens a page, waits until it shows data, and writes the picture. */
async function writePicture(file: string, url: string, options: PictureOptions): Promise<void> {
    const page = await BrowserPage.open(url, options.size, options.headers);
    try {
        await options.waitForData(page);
        const png = await page.screenshot();
        if (png.length > MAX_BYTES) {
            throw new Error(`${file} would have ${png.length} bytes, more than ${MAX_BYTES}`);
        }
        fs.mkdirSync(PICTURES_PATH, { recursive: true });
        fs.writeFileSync(path.join(PICTURES_PATH, file), png);
        console.log(`  ${file}, ${png.length} bytes`);
    } finally {
        await page.close();
    }
}

interface PictureOptions {
    readonly size: { readonly width: number; readonly height: number };
    readonly headers?: Readonly<Record<string, string>>;
    readonly waitForData: (page: BrowserPage) => Promise<void>;
}

/** Pictures the query of a panel in the UI of its store. */
async function pictureQuery(dashboard: Dashboard, query: DashboardQuery, url: string): Promise<void> {
    if (query.datasource === "prometheus") {
        await writePicture(
            renderPictureFile(dashboard, "prometheus"),
            `${url}${renderGraphPath(query.expr, GRAPH_RANGE)}`,
            {
                size: GRAPH_SIZE,
                waitForData: waitForCurve,
            },
        );
        return;
    }
    // The page shows records, and counts them itself.
    const [records = ""] = query.expr.split(" | ");
    const parameters = new URLSearchParams({ query: records, "g0.range_input": GRAPH_RANGE });
    await writePicture(renderPictureFile(dashboard, "victorialogs"), `${url}/select/vmui/#/?${parameters.toString()}`, {
        size: RECORDS_SIZE,
        waitForData: async (page) => {
            await page.waitFor(`/Total logs returned:\\s+[1-9]/.test(document.body.innerText)`);
        },
    });
}

/** Pictures a whole dashboard. Grafana accepts the administrator's password with each request. */
async function pictureDashboard(dashboard: Dashboard, url: string, { password, user }: GrafanaLogin): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    await writePicture(
        renderPictureFile(dashboard, "grafana"),
        `${url}/d/${dashboard.uid}?kiosk&from=now-${QUERY_RANGE}&to=now`,
        {
            size: DASHBOARD_SIZE,
            headers: { authorization },
            waitForData: async (page) => {
                await page.waitFor(`document.querySelectorAll("[data-viz-panel-key], [data-panelid]").length > 0`, 60);
                await sleep(DASHBOARD_LOAD_MS);
            },
        },
    );
}

async function main(): Promise<void> {
    const [name, ...others] = process.argv.slice(2);
    if (name === undefined || others.length > 0) {
        throw new Error(USAGE);
    }
    const stack = resolveStack(name);
    await requireCluster(stack);
    const missing = findMissingPackages(E2E_PACKAGES);
    if (missing.length > 0) {
        await installPackages(missing);
    }
    const { settings, issues } = validate(readStackSettings(stack.name));
    if (issues) {
        throw new Error(`the settings of stack ${name} are not valid: ${JSON.stringify(issues)}`);
    }
    const context = resolveDashboardContext(resolvePlan(settings));
    const service = settings.shop.enabled
        ? { service: shopNames("shop").frontend, namespace: SHOP_NAMESPACE }
        : { service: VERIFY_SERVICE };
    const queries = dashboardQueries({ ...service, rangeSeconds: QUERY_RANGE_SECONDS }, context);
    const outputs = await readStackOutputs(stack);
    const stores = openStoreForwards(outputs.portForwards, stack.env);
    const { grafana: output } = outputs.portForwards;
    const grafana = output && new PortForward(output.command, stack.env, output.basePath);
    try {
        for (const dashboard of resolveDashboards(context)) {
            const query = queries.find(
                (one) => one.dashboard === dashboard.title && one.panel === PICTURED_PANELS[dashboard.uid],
            );
            const store = query === undefined ? undefined : stores[query.datasource];
            if (query !== undefined && store !== undefined) {
                await pictureQuery(dashboard, query, await store.url());
            }
            if (grafana !== undefined) {
                await pictureDashboard(
                    dashboard,
                    await grafana.url(),
                    await readDeployedLogin(stack, outputs.namespace),
                );
            }
        }
        console.log(
            grafana === undefined
                ? "Stack has no Grafana, so there are no pictures of whole dashboards."
                : "Pictures of Grafana have the suffix -grafana.",
        );
    } finally {
        const forwards = [grafana, ...Object.values(stores)].filter((forward) => forward !== undefined);
        await Promise.all(forwards.map((forward) => forward.close()));
    }
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
