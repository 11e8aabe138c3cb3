import { alert } from "./alert";
import { METRICS } from "./metrics";
import type { AlertingRule } from "./types";

/** VictoriaLogs returns 200 even if it drops records, so the Collector counts them as sent. */
export function victoriaLogsAlerts(job: string, windowSeconds: number): AlertingRule[] {
    return [
        alert("VictoriaLogsDropsRecords", "critical", {
            expr: `sum by (job, instance, reason) (increase(${METRICS.rowsDropped}{job="${job}"}[${windowSeconds}s])) > 0`,
            summary: "VictoriaLogs drops log records: {{ $labels.reason }}",
            description: "{{ $value | humanize }} records that senders were told are taken are lost.",
        }),
        alert("VictoriaLogsReadOnly", "critical", {
            expr: `max by (job, instance) (${METRICS.readOnly}{job="${job}"}) > 0`,
            summary: "VictoriaLogs takes no records: its disk is full",
            description: "Records wait in the Collector's queue; senders are refused when that is full.",
        }),
    ];
}
