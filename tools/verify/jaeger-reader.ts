import * as z from "zod";
import { getJson } from "./json-client";
import { ID_ATTRIBUTE, type ReadResult } from "./types";

const tagSchema = z.object({ key: z.string(), value: z.unknown() });
const spanSchema = z.object({ spanID: z.string(), tags: z.array(tagSchema).nullish() });
const tracesSchema = z.object({
    data: z.array(z.object({ traceID: z.string(), spans: z.array(spanSchema) })).nullable(),
});

interface JaegerSpan {
    readonly spanId: string;
    /** Value of the attribute `ID_ATTRIBUTE`. Undefined when the span does not have it. */
    readonly id: unknown;
}

/**
 * Fetches the spans of a trace from the HTTP API of Jaeger. Returns an empty list when Jaeger does not have the trace.
 *
 * @throws when Jaeger does not respond with HTTP 200 or 404.
 */
async function fetchSpans(jaegerUrl: string, traceId: string): Promise<readonly JaegerSpan[]> {
    const { status, body } = await getJson(`${jaegerUrl}/api/traces/${traceId}`);
    if (status === 404) {
        return [];
    }
    if (status !== 200) {
        throw new Error(`Jaeger responded with HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    return (tracesSchema.parse(body).data ?? [])
        .flatMap((found) => found.spans)
        .map(({ spanID, tags }) => ({ spanId: spanID, id: tags?.find(({ key }) => key === ID_ATTRIBUTE)?.value }));
}

/** Returns whether Jaeger has a span with the id in a trace. */
export async function queryJaeger(jaegerUrl: string, traceId: string, id: string): Promise<ReadResult> {
    const spans = await fetchSpans(jaegerUrl, traceId);
    if (spans.some((found) => found.id === id)) {
        return { state: "found" };
    }
    const why = spans.length === 0 ? `no trace ${traceId}` : `trace ${traceId} has no span with ${ID_ATTRIBUTE} ${id}`;
    return { state: "absent", why };
}
