import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { messageOf } from "./log";

/** Does some work in a span of its own, the parent of all that happens in it; a failure is the span's too. */
export async function withSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
    return trace.getTracer("shop").startActiveSpan(name, { attributes }, async (span) => {
        try {
            return await work(span);
        } catch (error) {
            recordError(span, error);
            throw error;
        } finally {
            span.end();
        }
    });
}

/** Marks the span of what has failed. */
export function recordError(span: Span, error: unknown): void {
    span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
}
