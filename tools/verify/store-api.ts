import * as z from "zod";
import type { DashboardQuery } from "../../components/grafana/dashboards/queries";
import { getJson, getJsonLines } from "./json-client";

/** How far back a query looks: the time range of a dashboard. */
export const QUERY_RANGE = "15m";
export const QUERY_RANGE_SECONDS = 15 * 60;
const DEFAULT_STEP_SECONDS = 15;
const MAX_LOG_LINES = 1000;
const MAX_TRACES = 20;

/** Units per second of an API's timestamps. */
const SECONDS = 1;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;

/** The data source sends this header, so that Loki separates structured metadata from labels. */
const CATEGORIZE_LABELS_HEADER = { "X-Loki-Response-Encoding-Flags": "categorize-labels" };

const sample = z.tuple([z.number(), z.string()]);
/** A native histogram, which has a count in place of a value. */
const histogram = z
    .tuple([z.number(), z.object({ count: z.string() })])
    .transform(([time, { count }]) => [time, count] as [number, string]);
const vectorElement = z.union([
    z.object({ value: sample }),
    z.object({ histogram }).transform((element) => ({ value: element.histogram })),
]);
const matrixElement = z
    .object({ values: z.array(sample).default([]), histograms: z.array(histogram).default([]) })
    .transform(({ histograms, values }) => ({ values: [...values, ...histograms] }));
const series = z.discriminatedUnion("resultType", [
    z.object({ resultType: z.literal("vector"), result: z.array(vectorElement) }),
    z.object({ resultType: z.literal("matrix"), result: z.array(matrixElement) }),
]);
const streams = z.object({
    resultType: z.literal("streams"),
    result: z.array(
        z.object({
            stream: z.record(z.string(), z.string()),
            values: z.array(
                z.tuple([
                    z.string(),
                    z.string(),
                    z.object({ structuredMetadata: z.record(z.string(), z.string()).optional() }),
                ]),
            ),
        }),
    ),
});
const trace = z.object({
    traceID: z.string(),
    spans: z.array(
        z.object({
            spanID: z.string(),
            processID: z.string(),
            operationName: z.string(),
            /** In microseconds. */
            duration: z.number(),
            references: z.array(z.object({ spanID: z.string() })),
            tags: z.array(z.object({ key: z.string(), value: z.unknown() })),
        }),
    ),
    processes: z.record(
        z.string(),
        z.object({
            serviceName: z.string(),
            tags: z.array(z.object({ key: z.string(), value: z.unknown() })).default([]),
        }),
    ),
});
const exemplars = z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) }));

export type Trace = z.infer<typeof trace>;

/** A log record as the logs panel shows it. */
export interface LogRecord {
    readonly line: string;
    /** Labels and structured metadata. */
    readonly fields: Readonly<Record<string, string>>;
}

/** The numbers of a Prometheus response, without NaN, which is a point without data. */
export async function queryPrometheus(
    url: string,
    expr: string,
    instant: boolean,
    stepSeconds?: number,
): Promise<readonly number[]> {
    return extractFiniteValues(
        series.parse(
            await fetchData(`${url}/api/v1/${resolveQueryPath(instant)}`, {
                query: expr,
                ...resolveQueryTimes(instant, SECONDS, stepSeconds),
            }),
        ),
    );
}

/** The response of Loki: numbers for a metric query, records for a log query. */
export async function queryLoki(
    url: string,
    expr: string,
    instant: boolean,
    stepSeconds?: number,
): Promise<readonly (number | LogRecord)[]> {
    const parameters = {
        query: expr,
        ...resolveQueryTimes(instant, NANOSECONDS, stepSeconds),
        limit: String(MAX_LOG_LINES),
        direction: "backward",
    };
    const answer = z
        .discriminatedUnion("resultType", [...series.options, streams])
        .parse(await fetchData(`${url}/loki/api/v1/${resolveQueryPath(instant)}`, parameters));
    return answer.resultType === "streams"
        ? answer.result.flatMap(({ stream, values }) =>
              values.map(([, line, { structuredMetadata = {} }]) => ({
                  line,
                  fields: { ...stream, ...structuredMetadata },
              })),
          )
        : extractFiniteValues(answer);
}

const victoriaLogsRecord = z.record(z.string(), z.string());

/**
 * The records of a VictoriaLogs response. Their fields are renamed as in Loki, without dots, so that a test can use
 * either store.
 */
export async function queryVictoriaLogs(url: string, expr: string): Promise<readonly LogRecord[]> {
    const { start, end } = resolveTimeRange(SECONDS);
    const query = new URLSearchParams({
        query: `${expr} | sort by (_time) desc`,
        start,
        end,
        limit: String(MAX_LOG_LINES),
    });
    const answer = await getJsonLines(`${url}/select/logsql/query?${query.toString()}`);
    return answer.map((line) => {
        const { _msg: text = "", ...fields } = victoriaLogsRecord.parse(line);
        const named = Object.entries(fields).map(([name, value]) => [name.replaceAll(".", "_"), value] as const);
        return { line: text, fields: Object.fromEntries(named) };
    });
}

/** The numbers of a VictoriaLogs stats query, for each step. */
async function queryVictoriaLogsStats(url: string, expr: string): Promise<readonly number[]> {
    const { start, end } = resolveTimeRange(SECONDS);
    const parameters = { query: expr, start, end, step: `${DEFAULT_STEP_SECONDS}s` };
    return extractFiniteValues(series.parse(await fetchData(`${url}/select/logsql/stats_query_range`, parameters)));
}

/** The values of a field in the records of VictoriaLogs. */
export async function listFieldValues(url: string, field: string): Promise<readonly string[]> {
    const parameters = new URLSearchParams({ query: "*", field, ...resolveTimeRange(SECONDS) });
    const { body } = await getJson(`${url}/select/logsql/field_values?${parameters.toString()}`);
    const answer = z.object({ values: z.array(z.object({ value: z.string() })) }).parse(body);
    return answer.values.map(({ value }) => value);
}

/** The trace ids of a query's exemplars. */
export async function queryExemplars(url: string, expr: string, label: string): Promise<readonly string[]> {
    const found = exemplars.parse(
        await fetchData(`${url}/api/v1/query_exemplars`, { query: expr, ...resolveTimeRange(SECONDS) }),
    );
    return found.flatMap((one) => one.exemplars.flatMap(({ labels }) => labels[label] ?? []));
}

/**
 * The values of a label.
 *
 * @param url Base URL of the API with its version, which Prometheus and Loki share.
 * @param match Selects the series. All by default.
 */
export async function listLabelValues(url: string, label: string, match?: string): Promise<readonly string[]> {
    const of = match === undefined ? {} : { "match[]": match };
    return z
        .array(z.string())
        .parse(await fetchData(`${url}/label/${label}/values`, { ...of, ...resolveTimeRange(SECONDS) }));
}

export async function findTraces(
    url: string,
    service: string,
    selected: { readonly tags?: string } = {},
): Promise<readonly Trace[]> {
    return z.array(trace).parse(
        await fetchData(`${url}/api/traces`, {
            service,
            ...selected,
            ...resolveTimeRange(MICROSECONDS),
            limit: String(MAX_TRACES),
        }),
    );
}

/** Gets a trace by id. Fails if there is none. */
export async function getTrace(url: string, traceId: string): Promise<Trace> {
    const [found] = z.array(trace).parse(await fetchData(`${url}/api/traces/${traceId}`));
    if (found === undefined) {
        throw new Error(`no trace ${traceId}`);
    }
    return found;
}

/** A query of a panel in the language of its data source. Without a step, it has the default one. */
export type StoreQuery = Partial<Pick<DashboardQuery, "stepSeconds">> &
    Pick<DashboardQuery, "datasource" | "expr" | "instant">;

/** Sends a query to the API of its data source, and returns whether it has data. Fails if the response is invalid. */
export async function hasData(url: string, { datasource, expr, instant, stepSeconds }: StoreQuery): Promise<boolean> {
    switch (datasource) {
        case "prometheus":
            return (await queryPrometheus(url, expr, instant, stepSeconds)).length > 0;
        case "loki":
            return (await queryLoki(url, expr, instant, stepSeconds)).length > 0;
        case "victorialogs": {
            const query = expr.includes(" | stats ") ? queryVictoriaLogsStats : queryVictoriaLogs;
            return (await query(url, expr)).length > 0;
        }
        case "jaeger": {
            const [type, service, tags = ""] = expr.split(":");
            if (type !== "search" || service === undefined) {
                return (await getDependencies(url)).length > 0;
            }
            const [, key = "", value = ""] = /^(.+)="(.*)"$/.exec(tags) ?? [];
            return (await findTraces(url, service, { tags: JSON.stringify({ [key]: value }) })).length > 0;
        }
    }
}

/** The calls between services. */
async function getDependencies(url: string): Promise<readonly { readonly parent: string; readonly child: string }[]> {
    const lookback = { endTs: String(Date.now()), lookback: String(QUERY_RANGE_SECONDS * 1000) };
    return z
        .array(z.object({ parent: z.string(), child: z.string(), callCount: z.number() }))
        .parse(await fetchData(`${url}/api/dependencies`, lookback));
}

/** The `data` of a response. Fails with the response's error if there is none. */
export async function fetchData(url: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { status, body } = await getJson(
        `${url}?${new URLSearchParams(parameters).toString()}`,
        CATEGORIZE_LABELS_HEADER,
    );
    const answer = z.object({ data: z.unknown() }).safeParse(body);
    if (status !== 200 || !answer.success) {
        throw new Error(`HTTP ${status}: ${JSON.stringify(body).slice(0, 300)}`);
    }
    return answer.data.data;
}

function resolveQueryPath(instant: boolean): string {
    return instant ? "query" : "query_range";
}

/** @param unit Unit of the API's timestamps. */
function resolveQueryTimes(
    instant: boolean,
    unit: number,
    stepSeconds = DEFAULT_STEP_SECONDS,
): Readonly<Record<string, string>> {
    const { start, end } = resolveTimeRange(unit);
    return instant ? { time: end } : { start, end, step: String(stepSeconds) };
}

function resolveTimeRange(unit: number): { readonly start: string; readonly end: string } {
    const now = Math.ceil(Date.now() / 1000);
    return { start: String((now - QUERY_RANGE_SECONDS) * unit), end: String(now * unit) };
}

function extractFiniteValues(answer: z.infer<typeof series>): number[] {
    const samples =
        answer.resultType === "vector"
            ? answer.result.map(({ value }) => value)
            : answer.result.flatMap(({ values }) => values);
    return samples.map(([, value]) => Number(value)).filter(Number.isFinite);
}
