import type { StackSettings } from "./schema";

export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/** Where each signal goes, in the order that the Collector's pipelines name it. */
export interface Routes {
    readonly traces: readonly ("jaeger" | "debug")[];
    readonly metrics: readonly ("scrape" | "remote_write" | "debug")[];
    readonly logs: readonly "debug"[];
}

/** What decides the routes; so that a rule can ask before all settings are known to be valid. */
export type RouteSettings = Pick<StackSettings, "collector" | "jaeger" | "prometheus">;

/** The destinations that the settings leave: a backend that is off takes its routes with it. */
export function routesOf({ collector, jaeger, prometheus }: RouteSettings): Routes {
    const debug = collector.debug.enabled ? (["debug"] as const) : [];
    return {
        traces: [...(jaeger.enabled ? (["jaeger"] as const) : []), ...debug],
        metrics: [
            // Without our Prometheus, somebody else's may still scrape; nobody else can be pushed to.
            ...((collector.scrape.enabled ?? prometheus.enabled) ? (["scrape"] as const) : []),
            ...(prometheus.enabled && (collector.remoteWrite.enabled ?? true) ? (["remote_write"] as const) : []),
            ...debug,
        ],
        logs: debug,
    };
}

/** The signals that telemetrygen sends: all that have a destination, unless a setting says otherwise. */
export function generatedSignals(settings: StackSettings): readonly Signal[] {
    const routes = routesOf(settings);
    const { telemetrygen } = settings;
    return telemetrygen.enabled
        ? SIGNALS.filter((signal) => telemetrygen[signal].enabled ?? routes[signal].length > 0)
        : [];
}
