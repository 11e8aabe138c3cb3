import * as z from "zod";
import { type DashboardQuery, dashboardQueries } from "../../components/grafana/dashboards/queries";
import { resolveDashboardContext } from "../../components/grafana/from-settings";
import { LOG_ROUTES } from "../../config/model/log-stores";
import { resolvePlan } from "../../config/model/plan";
import type { Raw } from "../../config/types/raw";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { validate } from "../../config/validate";
import type { Connection } from "./connection";
import { createDeadline, type Deadline, pollUntil } from "./deadline";
import { readVia } from "./json-client";
import type { StackOutputs } from "./outputs";
import { PortForward } from "./port-forward";
import { findRequiredSelectors } from "./promql-selectors";
import { fetchData, hasData, QUERY_RANGE, QUERY_RANGE_SECONDS, type StoreQuery } from "./store-api";

/** What panels and rules have no data, after verify has sent its telemetry. */
export interface PanelReport {
    /** Number of queries of panels. */
    readonly queries: number;
    /** Number of rules in Prometheus. */
    readonly rules: number;
    /** Panels without data, and why that is normal. */
    readonly empty: readonly string[];
    /** Empty if all other panels, and all series that rules read, have data. */
    readonly problems: readonly string[];
}

/** A query that must have data, unless `normal` says why it may have none. */
interface RequiredData {
    readonly of: string;
    readonly query: StoreQuery;
    readonly normal?: string | undefined;
    /** What it means if there is no data. */
    readonly problem: string;
}

type Stores = Readonly<Partial<Record<DashboardQuery["datasource"], Connection>>>;

const POLL_INTERVAL_MS = 2_000;

/** Two pushes of metrics and two scrapes, which a rate needs, with the longest intervals of the presets. */
const PANELS_TIMEOUT_SECONDS = 60;

/**
 * Runs the queries of all panels that the settings have, for the service of verify, which has just sent its telemetry.
 * Looks for the series that each rule in Prometheus reads, because an alert returns nothing on a healthy stack.
 */
export async function checkPanels(
    raw: Raw,
    { portForwards }: Pick<StackOutputs, "portForwards">,
    env: NodeJS.ProcessEnv,
    timeoutSeconds = PANELS_TIMEOUT_SECONDS,
): Promise<PanelReport> {
    const { settings, issues } = validate(raw);
    if (issues) {
        throw new Error(`the settings of the stack are not valid: ${JSON.stringify(issues)}`);
    }
    const values = { service: VERIFY_SERVICE, rangeSeconds: QUERY_RANGE_SECONDS };
    const queries = dashboardQueries(values, resolveDashboardContext(resolvePlan(settings)));
    const forwards = openStoreForwards(portForwards, env);
    try {
        return await findMissingData(queries, forwards, createDeadline(timeoutSeconds));
    } finally {
        await Promise.all(Object.values(forwards).map((forward) => forward.close()));
    }
}

/** Port-forwards to the stores of the stack, by the data source that reads from each. The caller closes them. */
export function openStoreForwards(
    portForwards: StackOutputs["portForwards"],
    env: NodeJS.ProcessEnv,
): Readonly<Partial<Record<DashboardQuery["datasource"], PortForward>>> {
    const outputs = { ...portForwards, [LOG_ROUTES.victoriaLogs]: portForwards.victoriaLogs };
    const stores = ["prometheus", "jaeger", ...Object.values(LOG_ROUTES)] as const;
    return Object.fromEntries(
        stores.flatMap((store) => {
            const output = outputs[store];
            return output === undefined ? [] : [[store, new PortForward(output.command, env, output.basePath)]];
        }),
    );
}

/** @param stores Where to send the queries. */
export async function findMissingData(
    queries: readonly DashboardQuery[],
    stores: Stores,
    deadline: Deadline,
): Promise<PanelReport> {
    const rules =
        stores.prometheus === undefined ? { count: 0, required: [] } : await listRules(stores.prometheus, deadline);
    const checks = [...queries.map(requirePanelData), ...rules.required];
    const found = await Promise.all(
        checks.map(async (check) => ({ check, why: await findReason(check.query, check.normal, stores, deadline) })),
    );
    const missing = found.flatMap(({ check, why }) => (why === undefined ? [] : [{ ...check, why }]));
    return {
        queries: queries.length,
        rules: rules.count,
        empty: unique(missing.flatMap(({ normal, of }) => (normal === undefined ? [] : [`${of}: ${normal}`]))),
        problems: unique(
            missing.flatMap(({ normal, of, problem, why }) =>
                normal === undefined ? [`${of}: ${why}. ${problem}`] : [],
            ),
        ),
    };
}

function requirePanelData(query: DashboardQuery): RequiredData {
    const { dashboard, docsUrl, emptyWhen, noData, panel } = query;
    return { of: `${dashboard}, ${panel}`, query, normal: emptyWhen, problem: `${noData} ${docsUrl}` };
}

/** Why a query has no data. Undefined if it has. A query that may have none runs once. */
async function findReason(
    query: StoreQuery,
    normal: string | undefined,
    stores: Stores,
    deadline: Deadline,
): Promise<string | undefined> {
    const store = stores[query.datasource];
    if (store === undefined) {
        return `the stack's outputs have no port-forward to ${query.datasource}`;
    }
    const once = normal === undefined ? deadline : createDeadline(0);
    const result = await pollUntil(once, POLL_INTERVAL_MS, () =>
        readVia(store, async (url) =>
            (await hasData(url, query)) ? { state: "found" } : { state: "absent", why: "no data" },
        ),
    );
    return result.state === "found" ? undefined : result.why;
}

const ruleGroups = z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), query: z.string() })) })),
});

/** The series that the rules in Prometheus read, each as a query. */
async function listRules(
    prometheus: Connection,
    deadline: Deadline,
): Promise<{ readonly count: number; readonly required: readonly RequiredData[] }> {
    const url = await prometheus.url();
    const { groups } = ruleGroups.parse(await fetchData(`${url}/api/v1/rules`));
    const rules = groups.flatMap((group) => group.rules);
    const required = new Map<string, RequiredData>();
    // In sequence: Prometheus parses each at once, and a hundred requests at a time would only wait for one another.
    for (const { name, query } of rules) {
        for (const selector of await findRequiredSelectors(url, query)) {
            const expr = `last_over_time(${selector}[${QUERY_RANGE}])`;
            required.set(selector, {
                of: `rule ${name}`,
                query: { datasource: "prometheus", expr, instant: true },
                problem: `Prometheus has no series ${selector}, so that the rule cannot tell.`,
            });
        }
        if (deadline.remaining() === 0) {
            throw new Error("Prometheus does not answer in time");
        }
    }
    return { count: rules.length, required: [...required.values()] };
}

function unique(lines: readonly string[]): readonly string[] {
    return [...new Set(lines)];
}

/** Formats the report as text. */
export function formatPanels({ empty, problems, queries, rules }: PanelReport): string {
    const asUsual = empty.map((line) => `  no data, which is normal: ${line}`);
    return problems.length === 0
        ? [`Panels: ${queries} queries, and what ${rules} rules read, have data.`, ...asUsual].join("\n")
        : ["Panels and rules without data:", ...problems.map((problem) => `  ${problem}`), ...asUsual].join("\n");
}
