import type { StackSettings } from "../schema/schema";

export type GrafanaPluginSettings = Pick<StackSettings, "grafana" | "loki" | "victoriaLogs">;

/** Whether Grafana has a data source for VictoriaLogs, which requires the plugin. */
export function hasVictoriaLogsDataSource({ grafana, loki, victoriaLogs }: GrafanaPluginSettings): boolean {
    return victoriaLogs.enabled && (grafana.victoriaLogsPlugin.enabled ?? !loki.enabled);
}
