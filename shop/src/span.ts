import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { describeError } from "./log";

/** Runs `work` in a new span, which is active during the work. An error sets the span status. */
export async function runInSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
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

/** Sets the error type and the error status of a span. */
export function recordError(span: Span, error: unknown): void {
    span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
    span.setStatus({ code: SpanStatusCode.ERROR, message: describeError(error) });
}
