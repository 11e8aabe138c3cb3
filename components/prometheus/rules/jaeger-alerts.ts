import { SPAN_LIMIT_POLICY } from "../../jaeger/config";
import { alert } from "./alert";
import { METRICS } from "./metrics";
import type { AlertingRule } from "./types";

export interface JaegerAlertArgs {
    readonly job: string;
    /** Whether Jaeger drops traces of many spans. */
    readonly limitsSpans: boolean;
}

export function renderJaegerAlerts({ job, limitsSpans }: JaegerAlertArgs, windowSeconds: number): AlertingRule[] {
    const range = `${windowSeconds}s`;
    const dropped = `${METRICS.decidedTraces}{job="${job}",policy="${SPAN_LIMIT_POLICY}",sampled="false"}`;
    // The counter appears with its first trace, and `increase` would miss that one.
    const created = `(${dropped} unless ${dropped} offset ${range}) and on (job, instance) ${METRICS.up}{job="${job}"} offset ${range} == 1`;
    return [
        alert("JaegerRejectingSpans", "warning", {
            expr: `sum by (job) (increase(${METRICS.refusedSpans}{job="${job}"}[${range}])) > 0`,
            for: "5m",
            summary: "Jaeger is rejecting spans because its memory is short",
            description: "{{ $value | humanize }} spans were rejected. The Collector sends them again.",
        }),
        ...(limitsSpans
            ? [
                  alert("JaegerDroppingTraces", "warning", {
                      expr: `sum by (job) ((${created}) or increase(${dropped}[${range}])) > 0`,
                      summary: "Jaeger is dropping traces of too many spans",
                      description: "{{ $value | humanize }} traces have more spans than jaeger.maxSpansPerTrace.",
                  }),
              ]
            : []),
    ];
}
