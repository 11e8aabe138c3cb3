import * as z from "zod";
import type { DashboardQuery } from "../../../components/grafana/dashboards/queries";
import type { LogRoute } from "../../../config/model/log-stores";
import { getJson, describeError } from "../../../tools/verify/json-client";
import type { Connection } from "../../../tools/verify/connection";
import { createDeadline, pollUntil, pause } from "../../../tools/verify/deadline";
import { hasData, listFieldValues, listLabelValues, type StoreQuery } from "../../../tools/verify/store-api";

/** Timeout of all queries together. Counters are scraped and flushed several times first. */
const QUERY_TIMEOUT_SECONDS = 180;
const ARRIVAL_TIMEOUT_SECONDS = 90;
const POLL_INTERVAL_MS = 2_000;
const MONITOR_LOOKBACK_MS = 15 * 60_000;

/** Connections to the backends of a stack. There may be one log store, or both. */
export type BackendConnections = Readonly<Record<Exclude<DashboardQuery["datasource"], LogRoute>, Connection>> &
    Readonly<Partial<Record<LogRoute, Connection>>>;

/** A query that must return data. */
export interface QueryAssertion {
    /** Where it is from, such as a dashboard and a panel. */
    readonly of: string;
    readonly datasource: DashboardQuery["datasource"];
    /** The query. */
    readonly expr: string;
    /** Whether it returns data. Fails if the response has the wrong format. */
    readonly answered: (url: string) => Promise<boolean>;
}

/** Runs all queries at once, and repeats them until the timeout. Fails with the queries without data. */
export async function assertQueriesReturnData(
    backends: BackendConnections,
    questions: readonly QueryAssertion[],
): Promise<void> {
    const deadline = createDeadline(QUERY_TIMEOUT_SECONDS);
    const asked = questions.map(async ({ of, datasource, expr, answered }) => {
        const seen = await pollUntil(deadline, POLL_INTERVAL_MS, async () => {
            try {
                const backend = backends[datasource];
                if (backend === undefined) {
                    return { state: "absent", why: `the stack has no ${datasource}` };
                }
                return (await answered(await backend.url())) ? { state: "found" } : { state: "absent", why: "no data" };
            } catch (error) {
                return { state: "absent", why: describeError(error) };
            }
        });
        return seen.state === "found" ? [] : [`${of}: ${datasource} ${expr}\n    ${seen.why}`];
    });
    const problems = (await Promise.all(asked)).flat();
    if (problems.length > 0) {
        throw new Error(`${problems.length} of ${questions.length} queries are not answered:\n${problems.join("\n")}`);
    }
}

/**
 * Retries until the assertion passes, and returns its result. The spans of a trace and its logs arrive at different
 * times.
 */
export async function eventually<T>(
    assertion: () => Promise<T>,
    withinSeconds: number = ARRIVAL_TIMEOUT_SECONDS,
): Promise<T> {
    const deadline = createDeadline(withinSeconds);
    for (;;) {
        try {
            return await assertion();
        } catch (error) {
            if (deadline.remaining() === 0) {
                throw error;
            }
            await pause(POLL_INTERVAL_MS, deadline);
        }
    }
}

/** A query in the language of its data source, sent to the data source's API. */
export function createQueryAssertion(of: string, query: StoreQuery): QueryAssertion {
    const { datasource, expr } = query;
    return { of, datasource, expr, answered: async (url) => hasData(url, query) };
}

/**
 * A variable query, `label_values(series, label)`, `label_values(label)` or a field, whose result must contain a value.
 */
export function createListAssertion(
    of: string,
    { datasource, expr }: Pick<DashboardQuery, "datasource" | "expr">,
    expected: string,
): QueryAssertion {
    if (datasource === "victorialogs") {
        const answered = async (url: string) => (await listFieldValues(url, expr)).includes(expected);
        return { of, datasource, expr, answered };
    }
    const [, match, label] = /^label_values\((?:(.+), )?(\w+)\)$/.exec(expr) ?? [];
    if (label === undefined) {
        throw new Error(`${of}: not a list of the values of a label: ${expr}`);
    }
    const api = datasource === "loki" ? "loki/api/v1" : "api/v1";
    return {
        of,
        datasource,
        expr,
        answered: async (url) => (await listLabelValues(`${url}/${api}`, label, match)).includes(expected),
    };
}

const monitorResponse = z.object({
    metrics: z.array(
        z.object({ metricPoints: z.array(z.object({ gaugeValue: z.object({ doubleValue: z.unknown() }) })) }),
    ),
});

/** A query of Jaeger's Monitor tab for a service: `calls`, `errors` or `latencies`. */
export function createMonitorAssertion(metric: "calls" | "errors" | "latencies", service: string): QueryAssertion {
    const expr = `/api/metrics/${metric}`;
    const parameters = { service, spanKind: "server", groupByOperation: "true", quantile: "0.95", step: "5000" };
    return {
        of: "Monitor tab",
        datasource: "jaeger",
        expr,
        answered: async (url) => {
            const times = { endTs: String(Date.now()), lookback: String(MONITOR_LOOKBACK_MS), ratePer: "60000" };
            const { body } = await getJson(
                `${url}${expr}?${new URLSearchParams({ ...parameters, ...times }).toString()}`,
            );
            return monitorResponse.parse(body).metrics.some(({ metricPoints }) => metricPoints.length > 0);
        },
    };
}
