import type { StackSettings } from "./schema";

/** What decides whether Grafana reads VictoriaLogs. */
export type PluginSettings = Pick<StackSettings, "grafana" | "loki" | "victoriaLogs">;

/** Whether Grafana has a data source of VictoriaLogs, for which it needs the plugin. */
export function readsVictoriaLogs({ grafana, loki, victoriaLogs }: PluginSettings): boolean {
    return victoriaLogs.enabled && (grafana.victoriaLogsPlugin.enabled ?? !loki.enabled);
}
