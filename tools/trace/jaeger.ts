import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { getJson } from "../verify/json-client";
import type { Span, Trace } from "./trace";

/** Maximum number of traces that Jaeger returns for a search. */
const SEARCH_LIMIT = 20;
/** Search range. Longer than the retention of a stack. */
const LOOK_BACK_DAYS = 366;
const MAX_SERVICES_SHOWN = 10;

const spanSchema = z.object({
    spanID: z.string(),
    operationName: z.string(),
    processID: z.string(),
    startTime: z.number(),
    duration: z.number(),
    references: z.array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() })).nullish(),
    tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
});
const traceSchema = z.object({
    traceID: z.string(),
    spans: z.array(spanSchema),
    processes: z.record(z.string(), z.object({ serviceName: z.string() })),
});
const tracesSchema = z.object({ data: z.array(traceSchema).nullable() });
const servicesSchema = z.object({ data: z.array(z.string()).nullable() });

/**
 * Fetches a trace by its id from the HTTP API of Jaeger.
 *
 * @param url Base URL of Jaeger.
 * @throws when the id is not valid, or when Jaeger does not have the trace.
 */
export async function findTrace(url: string, id: string): Promise<Trace> {
    if (!/^[0-9a-f]{1,32}$/i.test(id)) {
        throw new Error(`ID=${id} is not a trace id: expected up to 32 hexadecimal digits`);
    }
    const [found] = await fetchTraces(`${url}/api/traces/${id.toLowerCase()}`);
    if (found === undefined) {
        throw new Error(
            `Jaeger has no trace ${id}: it has not arrived yet, was not sampled, or was evicted by newer traces`,
        );
    }
    return found;
}

/**
 * Fetches the newest trace of a service.
 *
 * @throws when Jaeger has no trace of the service, with similar service names.
 */
export async function findNewestTrace(url: string, service: string): Promise<Trace> {
    const now = Date.now() * 1000;
    const query = new URLSearchParams({
        service,
        start: String(now - LOOK_BACK_DAYS * 24 * 60 * 60 * 1_000_000),
        end: String(now),
        limit: String(SEARCH_LIMIT),
    });
    const found = await fetchTraces(`${url}/api/traces?${query.toString()}`);
    const [newest] = [...found].sort((one, other) => startTime(other) - startTime(one));
    if (newest === undefined) {
        const known = servicesSchema.parse(await fetchBody(`${url}/api/services`)).data ?? [];
        throw new Error(`Jaeger has no trace of service ${service}; ${suggestService(service, known)}`);
    }
    return newest;
}

/** Returns a hint with similar or known service names for an unknown service. */
export function suggestService(service: string, known: readonly string[]): string {
    if (known.length === 0) {
        return "it has no traces";
    }
    const nearest = closest(service, known);
    if (distance(service.toLowerCase(), nearest.toLowerCase()) <= Math.ceil(service.length / 2)) {
        return `did you mean ${nearest}?`;
    }
    const shown = [...known].sort().slice(0, MAX_SERVICES_SHOWN);
    return `it has traces of ${shown.join(", ")}${known.length > shown.length ? ` and ${known.length - shown.length} more` : ""}`;
}

async function fetchTraces(url: string): Promise<readonly Trace[]> {
    return (tracesSchema.parse(await fetchBody(url)).data ?? []).map(parseTrace);
}

/** Returns the response body. Jaeger responds with 404 for an unknown trace. */
async function fetchBody(url: string): Promise<unknown> {
    const { status, body } = await getJson(url);
    if (status !== 200 && status !== 404) {
        throw new Error(`Jaeger responded with HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    return body;
}

function parseTrace({ traceID, spans, processes }: z.infer<typeof traceSchema>): Trace {
    return {
        traceId: traceID,
        spans: spans.map(({ spanID, operationName, processID, startTime, duration, references, tags }): Span => ({
            spanId: spanID,
            // Other references are links.
            parentId: references?.find((reference) => reference.refType === "CHILD_OF" && reference.traceID === traceID)
                ?.spanID,
            service: processes[processID]?.serviceName ?? "",
            name: operationName,
            start: startTime,
            duration,
            hasError: tags?.some(({ key, value }) => key === "error" && String(value) === "true") ?? false,
        })),
    };
}

function startTime({ spans }: Trace): number {
    return spans.reduce((least, { start }) => Math.min(least, start), Infinity);
}
