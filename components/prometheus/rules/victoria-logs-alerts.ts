import { alert } from "./alert";
import { METRICS } from "./metrics";
import type { AlertingRule } from "./types";

/** VictoriaLogs returns 200 even if it drops records, so the Collector counts them as sent. */
export function victoriaLogsAlerts(job: string, windowSeconds: number): AlertingRule[] {
    return [
        alert("VictoriaLogsDropsRecords", "critical", {
            expr: `sum by (job, instance, reason) (increase(${METRICS.rowsDropped}{job="${job}"}[${windowSeconds}s])) > 0`,
            dashboard: "backends",
            summary: "VictoriaLogs is dropping log records: {{ $labels.reason }}",
            description: "{{ $value | humanize }} acknowledged records are lost.",
        }),
        alert("VictoriaLogsReadOnly", "critical", {
            expr: `max by (job, instance) (${METRICS.readOnly}{job="${job}"}) > 0`,
            dashboard: "backends",
            summary: "VictoriaLogs accepts no records because its disk is full",
            description: "Records wait in the Collector's queue. When it is full, the Collector rejects records.",
        }),
    ];
}
