import { LOG_ROUTES, type LogRoute } from "../../../config/model/log-stores";
import { SERVICE_LABEL, STREAM_ATTRIBUTES } from "../../../components/telemetry/names";
import { type LogRecord, queryLoki, queryVictoriaLogs } from "../../../tools/verify/store-api";
import type { BackendConnections } from "./query-assertions";

/** Whether a deployed stack has a log store. */
export function hasLogStore(backends: BackendConnections): boolean {
    return Object.values(LOG_ROUTES).some((route) => backends[route] !== undefined);
}

/** The log store of a deployed stack. */
export function findLogStore(backends: BackendConnections): LogRoute {
    const store = Object.values(LOG_ROUTES).find((route) => backends[route] !== undefined);
    if (store === undefined) {
        throw new Error("the stack has no log store");
    }
    return store;
}

/** The records that a query in the log store's query language returns. */
export async function queryLogRecords(backends: BackendConnections, expr: string): Promise<readonly LogRecord[]> {
    const store = findLogStore(backends);
    const url = await (backends[store]?.url() ?? Promise.reject(new Error(`no way to ${store}`)));
    if (store === "victorialogs") {
        return queryVictoriaLogs(url, expr);
    }
    const answer = await queryLoki(url, expr, false);
    return answer.filter((item) => typeof item !== "number");
}

/** The records with all of these attributes, from the resource or the record. */
export async function findLogRecords(
    backends: BackendConnections,
    attributes: Readonly<Record<string, string>>,
): Promise<readonly LogRecord[]> {
    return queryLogRecords(backends, ATTRIBUTE_QUERIES[findLogStore(backends)](Object.entries(attributes)));
}

type Attributes = readonly (readonly [name: string, value: string])[];

const ATTRIBUTE_QUERIES: Readonly<Record<LogRoute, (attributes: Attributes) => string>> = {
    loki: (attributes) => {
        const isLabel = ([name]: Attributes[number]) => STREAM_ATTRIBUTES.some((label) => label === name);
        const matchers = (some: Attributes) => some.map(([name, value]) => `${name.replaceAll(".", "_")}="${value}"`);
        const labels = matchers(attributes.filter(isLabel));
        const stream = labels.length === 0 ? `${SERVICE_LABEL}=~".+"` : labels.join(",");
        return [`{${stream}}`, ...matchers(attributes.filter((attribute) => !isLabel(attribute)))].join(" | ");
    },
    victorialogs: (attributes) => attributes.map(([name, value]) => `"${name}":="${value}"`).join(" "),
};
