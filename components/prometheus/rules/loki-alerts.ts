import { alert } from "./alert";
import { METRICS } from "./metrics";
import type { AlertingRule } from "./types";

/** The reasons for which Loki answers 429, so that the Collector sends the batch again. */
const RETRIED_REASONS = ["per_stream_rate_limit", "rate_limited", "stream_limit"];

/** Loki stores the other records of a batch, but the Collector counts the whole batch as lost. */
export function renderLokiAlerts(job: string, windowSeconds: number): AlertingRule[] {
    const range = `${windowSeconds}s`;
    const discarded = `${METRICS.samplesDiscarded}{job="${job}",reason!~"${RETRIED_REASONS.join("|")}"}`;
    // The counter of a reason appears with its first record, and `increase` would miss that one.
    const created = `(${discarded} unless ${discarded} offset ${range}) and on (job, instance) ${METRICS.up}{job="${job}"} offset ${range} == 1`;
    return [
        alert("LokiDropsRecords", "critical", {
            expr: `sum by (job, instance, reason) ((${created}) or increase(${discarded}[${range}])) > 0`,
            summary: "Loki is rejecting log records: {{ $labels.reason }}",
            description: "{{ $value | humanize }} acknowledged records are lost.",
        }),
    ];
}
