import { context, logs, SeverityNumber, trace } from "@opentelemetry/api";

const SEVERITIES = { INFO: SeverityNumber.INFO, WARN: SeverityNumber.WARN, ERROR: SeverityNumber.ERROR } as const;

export type Severity = keyof typeof SEVERITIES;
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** Emits a log record to OpenTelemetry, with the active span, and prints it as JSON to the pod log. */
export function log(severity: Severity, body: string, fields: Fields = {}): void {
    logs.getLogger("shop").emit({
        severityNumber: SEVERITIES[severity],
        severityText: severity,
        body,
        attributes: { ...fields },
        context: context.active(),
    });
    console.log(formatLine(severity, body, fields));
}

function formatLine(severity: Severity, body: string, fields: Fields): string {
    const span = trace.getActiveSpan()?.spanContext();
    const correlation = span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    return JSON.stringify({ time: new Date().toISOString(), severity, body, ...correlation, ...fields });
}

/** Returns the message of a thrown value, including its cause, in which `fetch` reports the reason. */
export function describeError(error: unknown): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    const cause = error.cause === undefined ? "" : describeError(error.cause);
    return cause === "" ? error.message || error.name : `${error.message}: ${cause}`;
}
