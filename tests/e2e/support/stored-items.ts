import * as z from "zod";
import { SIGNALS, type Signal } from "../../../config/types/signal";
import type { Connection } from "../../../tools/verify/connection";
import type { LogRoute } from "../../../config/model/log-stores";
import type { BackendConnections } from "./query-assertions";
import { hasLogStore, findLogStore } from "./log-records";
import { LOAD_ID_ATTRIBUTE, LOAD_METRIC, loadServiceName } from "./otlp-requests";

/** Part of a run's duration, short enough that its items fit into one response. */
interface TimeRange {
    readonly fromMs: number;
    readonly toMs: number;
}

/** The items of a run in a backend. */
export interface StoredItems {
    readonly ids: ReadonlySet<number>;
    /** Items that are stored more than once. */
    readonly duplicates: number;
}

/** Ten seconds with some hundred items each, so that no response exceeds a limit of the backends. */
const PART_MS = 10_000;
/** More than a part has. */
const MAX_ITEMS = 5000;
const RESPONSE_TIMEOUT_MS = 60_000;

const traces = z.object({
    data: z.array(
        z.object({
            spans: z.array(z.object({ tags: z.array(z.object({ key: z.string(), value: z.unknown() })) })),
        }),
    ),
});
const streams = z.object({
    data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()])) })) }),
});
const message = z.object({ _msg: z.string() });
const samples = z.object({
    data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/** Queries the ids in a part of a run. Duplicates are repeated. */
type IdQuery = (url: string, service: string, part: TimeRange) => Promise<readonly number[]>;

const LOG_ID_QUERIES: Readonly<Record<LogRoute, IdQuery>> = { loki: queryLokiIds, victorialogs: queryVictoriaLogsIds };

/** The backend of a signal and its query. */
function resolveIdQuery(
    signal: Signal,
    backends: BackendConnections,
): { readonly backend: Connection | undefined; readonly ask: IdQuery } {
    switch (signal) {
        case "traces":
            return { backend: backends.jaeger, ask: querySpanIds };
        case "metrics":
            return { backend: backends.prometheus, ask: queryPointIds };
        case "logs": {
            const store = findLogStore(backends);
            return { backend: backends[store], ask: LOG_ID_QUERIES[store] };
        }
    }
}

/** The signals that a deployed stack stores: all, but logs only with a log store. */
export function listStoredSignals(backends: BackendConnections): readonly Signal[] {
    return SIGNALS.filter((signal) => signal !== "logs" || hasLogStore(backends));
}

/** All items of a signal in its backend, for a run between two times. */
export async function findStoredItems(
    signal: Signal,
    run: string,
    during: TimeRange,
    backends: BackendConnections,
): Promise<StoredItems> {
    const { ask, backend } = resolveIdQuery(signal, backends);
    if (backend === undefined) {
        throw new Error(`the stack has no backend for ${signal}`);
    }
    const ids = new Set<number>();
    let found = 0;
    for (const part of splitTimeRange(during)) {
        const answer = await queryWithReconnect(backend, (url) => ask(url, loadServiceName(run), part));
        found += answer.length;
        answer.forEach((id) => ids.add(id));
    }
    return { ids, duplicates: found - ids.size };
}

/** Adjacent parts without overlap, so that no item counts twice. */
function splitTimeRange({ fromMs, toMs }: TimeRange): TimeRange[] {
    const parts = Math.ceil((toMs - fromMs) / PART_MS);
    return Array.from({ length: parts }, (_, index) => ({
        fromMs: fromMs + index * PART_MS,
        toMs: fromMs + (index + 1) * PART_MS,
    }));
}

/** Jaeger's search includes both ends, in microseconds. */
async function querySpanIds(url: string, service: string, { fromMs, toMs }: TimeRange): Promise<readonly number[]> {
    const range = { start: String(fromMs * 1000), end: String(toMs * 1000 - 1) };
    const { data } = traces.parse(
        await fetchJson(`${url}/api/traces`, { service, ...range, limit: String(MAX_ITEMS) }),
    );
    return data.flatMap(({ spans }) =>
        spans.flatMap(({ tags }) =>
            tags.filter(({ key }) => key === LOAD_ID_ATTRIBUTE).map(({ value }) => Number(value)),
        ),
    );
}

/** Includes the start and excludes the end, in nanoseconds. */
async function queryLokiIds(url: string, service: string, { fromMs, toMs }: TimeRange): Promise<readonly number[]> {
    const range = { start: `${fromMs}000000`, end: `${toMs}000000` };
    const query = `{service_name="${service}"}`;
    const answer = await fetchJson(`${url}/loki/api/v1/query_range`, { query, ...range, limit: String(MAX_ITEMS) });
    return streams.parse(answer).data.result.flatMap(({ values }) => values.map(([, line]) => Number(line)));
}

/** Includes both ends, in nanoseconds. */
async function queryVictoriaLogsIds(
    url: string,
    service: string,
    { fromMs, toMs }: TimeRange,
): Promise<readonly number[]> {
    const range = { start: `${fromMs}000000`, end: `${toMs - 1}999999` };
    const query = `"service.name":="${service}" | fields _msg`;
    const lines = await fetchText(`${url}/select/logsql/query`, { query, ...range, limit: String(MAX_ITEMS) });
    return lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => Number(message.parse(JSON.parse(line))._msg));
}

/** A range excludes its start and includes its end. */
async function queryPointIds(url: string, service: string, { toMs }: TimeRange): Promise<readonly number[]> {
    const query = `${LOAD_METRIC}{job="${service}"}[${PART_MS}ms]`;
    const answer = await fetchJson(`${url}/api/v1/query`, { query, time: String((toMs - 1) / 1000) });
    return samples.parse(answer).data.result.flatMap(({ values }) => values.map(([, value]) => Number(value)));
}

async function queryWithReconnect<T>(target: Connection, ask: (url: string) => Promise<T>): Promise<T> {
    const url = await target.url();
    try {
        return await ask(url);
    } catch (error) {
        await target.renew(url);
        throw error;
    }
}

async function fetchJson(url: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    return JSON.parse(await fetchText(url, parameters)) as unknown;
}

async function fetchText(url: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(`${url}?${new URLSearchParams(parameters).toString()}`, {
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    });
    const body = await response.text();
    if (!response.ok) {
        throw new Error(`HTTP ${response.status} from ${url}: ${body.slice(0, 300)}`);
    }
    return body;
}
