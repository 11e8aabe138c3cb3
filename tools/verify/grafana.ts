import * as z from "zod";
import { ALERTMANAGER_DATA_SOURCE } from "../../components/telemetry/names";
import { type JsonResponse, getJson, describeError } from "./json-client";

/** Credentials of Grafana. */
export interface GrafanaLogin {
    readonly user: string;
    readonly password: string;
}

/** Data sources and dashboards of Grafana, by name, and their problems. */
export interface GrafanaReport {
    readonly dataSources: readonly string[];
    readonly dashboards: readonly string[];
    /** Empty when every data source is healthy and every dashboard opens. */
    readonly problems: readonly string[];
}

const dataSourcesSchema = z.array(z.object({ uid: z.string(), name: z.string(), type: z.string() }));
const healthSchema = z.object({ status: z.string().optional(), message: z.string().optional() });
const dashboardsSchema = z.array(z.object({ uid: z.string(), title: z.string() }));
const dashboardSchema = z.object({ dashboard: z.object({ panels: z.array(z.unknown()) }) });

type Get = (path: string) => Promise<JsonResponse>;

/**
 * Logs in to Grafana, checks the health of each data source, and opens every dashboard. Does not throw when Grafana
 * fails: the report contains the problems.
 */
export async function checkGrafana(url: string, { user, password }: GrafanaLogin): Promise<GrafanaReport> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const get: Get = (path) => getJson(`${url}${path}`, { authorization });
    try {
        const sources = dataSourcesSchema.parse(await fetchList(get, "/api/datasources"));
        const boards = dashboardsSchema.parse(await fetchList(get, "/api/search?type=dash-db"));
        const problems = await Promise.all([
            ...sources.map((source) => findUnhealthyReason(get, source)),
            ...boards.map(({ uid, title }) => findOpenError(get, uid, title)),
        ]);
        return {
            dataSources: sources.map(({ name }) => name),
            dashboards: boards.map(({ title }) => title),
            problems: [
                ...(sources.length === 0 ? ["Grafana has no data source"] : []),
                ...(boards.length === 0 ? ["Grafana has no dashboard"] : []),
                ...problems.filter((problem) => problem !== undefined),
            ],
        };
    } catch (error) {
        return { dataSources: [], dashboards: [], problems: [describeError(error)] };
    }
}

async function fetchList(get: Get, path: string): Promise<unknown> {
    const { status, body } = await get(path);
    if (status === 401) {
        throw new Error("Grafana rejects the administrator password");
    }
    if (status !== 200) {
        throw new Error(`Grafana responded to ${path} with HTTP ${status}`);
    }
    return body;
}

interface DataSource {
    readonly uid: string;
    readonly name: string;
    readonly type: string;
}

/** The data source of Alertmanager has no health check in the server, so its pages are tried instead. */
async function findUnreachableReason(get: Get, { name, uid }: DataSource): Promise<string | undefined> {
    const { status } = await get(`/api/datasources/proxy/uid/${uid}/api/v2/status`);
    return status === 200 ? undefined : `data source ${name} is not reachable: HTTP ${status}`;
}

async function findUnhealthyReason(get: Get, source: DataSource): Promise<string | undefined> {
    const { name, type, uid } = source;
    if (type === ALERTMANAGER_DATA_SOURCE) {
        return findUnreachableReason(get, source);
    }
    const { status, body } = await get(`/api/datasources/uid/${uid}/health`);
    const said = healthSchema.safeParse(body).data;
    return status === 200 && said?.status === "OK"
        ? undefined
        : `data source ${name} is not healthy: ${said?.message ?? `HTTP ${status}`}`;
}

async function findOpenError(get: Get, uid: string, title: string): Promise<string | undefined> {
    const { status, body } = await get(`/api/dashboards/uid/${uid}`);
    const panels = dashboardSchema.safeParse(body).data?.dashboard.panels ?? [];
    return status === 200 && panels.length > 0 ? undefined : `dashboard ${title} does not open: HTTP ${status}`;
}

/** Formats the report as text. */
export function formatGrafana({ dataSources: sources, dashboards: boards, problems }: GrafanaReport): string {
    return problems.length === 0
        ? `Grafana: data sources ${sources.join(", ")} are healthy; dashboards ${boards.join(", ")} open.`
        : ["Grafana:", ...problems.map((problem) => `  ${problem}`)].join("\n");
}
