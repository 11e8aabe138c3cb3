import { type DestinationSettings, hasDestinationFor } from "./destinations";
import { usesPersistentQueues } from "./durability";
import { hasTraceTier } from "./topology";
import { LOG_ROUTES, type LogRoute, type LogStore, findLogStores } from "./log-stores";
import { maxCollectorReplicas } from "./autoscaling";
import type { StackSettings } from "../schema/schema";
import { SIGNALS, type Signal } from "../types/signal";

/**
 * How metrics are pushed to Prometheus. With persistent queues it is OTLP, because remote write has no persistent
 * queue.
 */
export type MetricsPushProtocol = "remote_write" | "otlp";

/** The exporters of each signal, in the order of the Collector's pipelines. */
export interface Routes {
    readonly traces: readonly ("jaeger" | "trace_tier" | CommonRoute)[];
    readonly metrics: readonly ("scrape" | MetricsPushProtocol | CommonRoute)[];
    readonly logs: readonly (LogRoute | CommonRoute)[];
}

/** The debug exporter, and all external destinations together. */
type CommonRoute = "debug" | "destinations";

/** The settings that routes follow from. */
export type RouteSettings = DestinationSettings &
    Pick<StackSettings, "collector" | "durability" | "jaeger" | "topology" | LogStore | "prometheus">;

/** The routes of all signals. A disabled backend has none. */
export function resolveRoutes(settings: RouteSettings): Routes {
    const { collector, jaeger, prometheus } = settings;
    const commonRoutes = (signal: Signal) => [
        ...(collector.debugExporter.enabled ? (["debug"] as const) : []),
        ...(hasDestinationFor(signal, settings) ? (["destinations"] as const) : []),
    ];
    return {
        traces: [...(jaeger.enabled ? (["jaeger"] as const) : []), ...commonRoutes("traces")],
        metrics: [
            // An external Prometheus may scrape the Collector; the push only goes to the stack's own Prometheus.
            ...((collector.prometheusExporter.enabled ?? prometheus.enabled) ? (["scrape"] as const) : []),
            ...(prometheus.enabled && pushesMetrics(settings) ? [resolveMetricsPushProtocol(settings)] : []),
            ...commonRoutes("metrics"),
        ],
        logs: [...findLogStores(settings).map((store) => LOG_ROUTES[store]), ...commonRoutes("logs")],
    };
}

/** The routes of the ingest tier: with two tiers, traces go to the trace tier. */
export function resolveIngestTierRoutes(settings: RouteSettings): Routes {
    const routes = resolveRoutes(settings);
    return hasTraceTier(settings)
        ? { ...routes, traces: ["trace_tier", ...routes.traces.filter((route) => route === "debug")] }
        : routes;
}

/** The routes of the trace tier. The debug exporter prints traces in the ingest tier. */
export function resolveTraceTierRoutes(settings: RouteSettings): Routes {
    return { traces: resolveRoutes(settings).traces.filter((route) => route !== "debug"), metrics: [], logs: [] };
}

/** The protocol for pushed metrics. Metrics from spans are always pushed. */
export function resolveMetricsPushProtocol(settings: Pick<StackSettings, "durability">): MetricsPushProtocol {
    return usesPersistentQueues(settings) ? "otlp" : "remote_write";
}

function pushesMetrics(settings: RouteSettings): boolean {
    return usesPersistentQueues(settings) || (settings.collector.remoteWrite.enabled ?? true);
}

/** The settings that decide whether metrics are generated from spans. */
export type SpanMetricsInput = RouteSettings & Pick<StackSettings, "spanMetrics">;

/** Whether the Collector generates metrics from spans. */
export function isSpanMetricsEnabled(settings: SpanMetricsInput): boolean {
    return settings.spanMetrics.enabled ?? findSpanMetricsBlocker(settings) === undefined;
}

/** The message of a rule if metrics cannot be generated from spans; otherwise undefined. */
export function findSpanMetricsBlocker(settings: RouteSettings): string | undefined {
    if (!settings.prometheus.enabled) {
        return "requires prometheus.enabled to be true; nothing else stores these metrics";
    }
    if (maxCollectorReplicas(settings.collector) > 1 && !hasTraceTier(settings)) {
        const fix = settings.collector.autoscaling.enabled
            ? "collector.autoscaling.enabled to be false"
            : "collector.replicas to be 1";
        return `requires ${fix}, or topology two-tier; several pods would write the same series, each with a part of the count`;
    }
    return resolveRoutes(settings).traces.length === 0
        ? "requires a destination for traces; set jaeger.enabled or collector.debugExporter.enabled to true"
        : undefined;
}

export function isRedactionEnabled({ redaction }: Pick<StackSettings, "redaction">): boolean {
    return redaction.blockedKeyPatterns.length + redaction.blockedValuePatterns.length > 0;
}

/** The signals that telemetrygen sends: by default all that have a destination. */
export function resolveTelemetrygenSignals(settings: StackSettings): readonly Signal[] {
    const routes = resolveRoutes(settings);
    const { telemetrygen } = settings;
    return telemetrygen.enabled
        ? SIGNALS.filter((signal) => telemetrygen[signal].enabled ?? routes[signal].length > 0)
        : [];
}
