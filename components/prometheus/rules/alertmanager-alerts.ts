import { alert } from "./alert";
import { METRICS } from "./metrics";
import type { AlertingRule } from "./types";

/** Name of the alert that always fires. */
export const WATCHDOG = "Watchdog";

/** Alerts about the route of alerts to users. */
export function alertmanagerAlerts(job: string, windowSeconds: number): AlertingRule[] {
    const increase = (metric: string) =>
        `sum by (job, instance, receiver_name, integration) (increase(${metric}{job="${job}"}[${windowSeconds}s]))`;
    return [
        alert(WATCHDOG, "info", {
            expr: "vector(1)",
            dashboard: "overview",
            summary: "Alerts reach Alertmanager",
            description:
                "This alert always fires. When its notifications stop, those of all other alerts have stopped.",
        }),
        alert("AlertmanagerDown", "critical", {
            expr: `absent(up{job="${job}"} == 1)`,
            for: "1m",
            dashboard: "backends",
            summary: "No Alertmanager is reachable",
            description: "Nobody is notified of alerts, or Prometheus cannot scrape Alertmanager.",
        }),
        alert("AlertmanagerNotificationsFailing", "critical", {
            // Alertmanager counts a notification as failed only after all retries. Most requests of one that recovers
            // succeed.
            expr: `${increase(METRICS.notificationRequestsFailed)} > 0.5 * ${increase(METRICS.notificationRequests)}`,
            for: "1m",
            dashboard: "backends",
            summary: "Alertmanager cannot notify {{ $labels.receiver_name }} by {{ $labels.integration }}",
            description:
                "{{ $value | humanize }} requests failed. Alertmanager retries, and notifies the other receivers.",
        }),
    ];
}
