import type { StackSettings } from "../schema/schema";

/** What decides whether Grafana reads VictoriaLogs. */
export type GrafanaPluginSettings = Pick<StackSettings, "grafana" | "loki" | "victoriaLogs">;

/** Whether Grafana has a data source of VictoriaLogs, for which it needs the plugin. */
export function hasVictoriaLogsDataSource({ grafana, loki, victoriaLogs }: GrafanaPluginSettings): boolean {
    return victoriaLogs.enabled && (grafana.victoriaLogsPlugin.enabled ?? !loki.enabled);
}
