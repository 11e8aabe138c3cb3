import { type FurtherSettings, goesFurther } from "./destinations";
import { onDisk } from "./durability";
import { hasTraceTier } from "./layout";
import { LOG_ROUTES, type LogRoute, type LogStore, logStoresOf } from "./log-stores";
import { mostCollectors } from "./scaling";
import type { StackSettings } from "./schema";
import { SIGNALS, type Signal } from "./signals";

/** How metrics are pushed to Prometheus: by OTLP where they wait on disk, which remote write cannot. */
export type PushRoute = "remote_write" | "otlp";

/** Where each signal goes, in the order that the Collector's pipelines name it. */
export interface Routes {
    readonly traces: readonly ("jaeger" | "trace_tier" | Everywhere)[];
    readonly metrics: readonly ("scrape" | PushRoute | Everywhere)[];
    readonly logs: readonly (LogRoute | Everywhere)[];
}

/** The Collector's log, and the destinations beside the stack's own backends, however many. */
type Everywhere = "debug" | "further";

/** What decides the routes; so that a rule can ask before all settings are known to be valid. */
export type RouteSettings = FurtherSettings &
    Pick<StackSettings, "collector" | "durability" | "jaeger" | "layout" | LogStore | "prometheus">;

/** The destinations that the settings leave: a backend that is off takes its routes with it. */
export function routesOf(settings: RouteSettings): Routes {
    const { collector, jaeger, prometheus } = settings;
    const everywhere = (signal: Signal) => [
        ...(collector.debug.enabled ? (["debug"] as const) : []),
        ...(goesFurther(signal, settings) ? (["further"] as const) : []),
    ];
    return {
        traces: [...(jaeger.enabled ? (["jaeger"] as const) : []), ...everywhere("traces")],
        metrics: [
            // Without our Prometheus, somebody else's may still scrape; nobody else can be pushed to.
            ...((collector.scrape.enabled ?? prometheus.enabled) ? (["scrape"] as const) : []),
            ...(prometheus.enabled && isPushed(settings) ? [pushRouteOf(settings)] : []),
            ...everywhere("metrics"),
        ],
        logs: [...logStoresOf(settings).map((store) => LOG_ROUTES[store]), ...everywhere("logs")],
    };
}

/** By which route metrics are pushed, if they are; those made from spans are. */
export function pushRouteOf(settings: Pick<StackSettings, "durability">): PushRoute {
    return onDisk(settings) ? "otlp" : "remote_write";
}

function isPushed(settings: RouteSettings): boolean {
    return onDisk(settings) || (settings.collector.remoteWrite.enabled ?? true);
}

/** What decides whether metrics are made from spans. */
export type SpanMetricsDecision = RouteSettings & Pick<StackSettings, "spanMetrics">;

/** Whether the Collector makes metrics from the spans that it receives. */
export function makesSpanMetrics(settings: SpanMetricsDecision): boolean {
    return settings.spanMetrics.enabled ?? lacksForSpanMetrics(settings) === undefined;
}

/** What keeps metrics from being made from spans; undefined if nothing does. */
export function lacksForSpanMetrics(settings: RouteSettings): string | undefined {
    if (!settings.prometheus.enabled) {
        return "true for prometheus.enabled: nothing takes them";
    }
    if (mostCollectors(settings.collector) > 1 && !hasTraceTier(settings)) {
        const one = settings.collector.autoscaling.enabled
            ? "false for collector.autoscaling.enabled"
            : "1 for collector.replicas";
        return `${one}, or two-tier for layout: several pods would write the same series, each with a part of the count`;
    }
    return routesOf(settings).traces.length === 0
        ? "true for jaeger.enabled or collector.debug.enabled: no spans are taken"
        : undefined;
}

/** Whether anything is masked on the way. */
export function isRedacted({ redaction: { keys, values } }: Pick<StackSettings, "redaction">): boolean {
    return keys.length + values.length > 0;
}

/** The signals that telemetrygen sends: all that have a destination, unless a setting says otherwise. */
export function generatedSignals(settings: StackSettings): readonly Signal[] {
    const routes = routesOf(settings);
    const { telemetrygen } = settings;
    return telemetrygen.enabled
        ? SIGNALS.filter((signal) => telemetrygen[signal].enabled ?? routes[signal].length > 0)
        : [];
}
