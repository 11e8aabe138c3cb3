import { LOG_ROUTES, type LogRoute } from "../../../config/log-stores";
import { SERVICE_LABEL, STREAM_ATTRIBUTES } from "../../../components/shared/correlation";
import { type LogRecord, numbersOrRecords, recordsOfVictoriaLogs } from "./ask";
import type { Backends } from "./questions";

/** Whether a deployed stack has a log store. */
export function keepsLogs(backends: Backends): boolean {
    return Object.values(LOG_ROUTES).some((route) => backends[route] !== undefined);
}

/** The log store of a deployed stack. */
export function logStoreOf(backends: Backends): LogRoute {
    const store = Object.values(LOG_ROUTES).find((route) => backends[route] !== undefined);
    if (store === undefined) {
        throw new Error("the stack has no log store");
    }
    return store;
}

/** The records that the log store answers a query with, which is in the language of that store. */
export async function recordsOf(backends: Backends, expr: string): Promise<readonly LogRecord[]> {
    const store = logStoreOf(backends);
    const url = await (backends[store]?.url() ?? Promise.reject(new Error(`no way to ${store}`)));
    if (store === "victorialogs") {
        return recordsOfVictoriaLogs(url, expr);
    }
    const answer = await numbersOrRecords(url, expr, false);
    return answer.filter((item) => typeof item !== "number");
}

/** The records that have all of these attributes, of their resource or of their own. */
export async function recordsWith(
    backends: Backends,
    attributes: Readonly<Record<string, string>>,
): Promise<readonly LogRecord[]> {
    return recordsOf(backends, QUERIES[logStoreOf(backends)](Object.entries(attributes)));
}

type Attributes = readonly (readonly [name: string, value: string])[];

const QUERIES: Readonly<Record<LogRoute, (attributes: Attributes) => string>> = {
    loki: (attributes) => {
        const isLabel = ([name]: Attributes[number]) => STREAM_ATTRIBUTES.some((label) => label === name);
        const matchers = (some: Attributes) => some.map(([name, value]) => `${name.replaceAll(".", "_")}="${value}"`);
        const labels = matchers(attributes.filter(isLabel));
        const stream = labels.length === 0 ? `${SERVICE_LABEL}=~".+"` : labels.join(",");
        return [`{${stream}}`, ...matchers(attributes.filter((attribute) => !isLabel(attribute)))].join(" | ");
    },
    victorialogs: (attributes) => attributes.map(([name, value]) => `"${name}":="${value}"`).join(" "),
};
