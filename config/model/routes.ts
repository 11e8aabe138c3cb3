import { type DestinationSettings, hasDestinationFor } from "./destinations";
import { usesPersistentQueues } from "./durability";
import { hasTraceTier } from "./topology";
import { LOG_ROUTES, type LogRoute, type LogStore, findLogStores } from "./log-stores";
import { maxCollectorReplicas } from "./autoscaling";
import type { StackSettings } from "../schema/schema";
import { SIGNALS, type Signal } from "../types/signal";

/** How metrics are pushed to Prometheus: by OTLP where they wait on disk, which remote write cannot. */
export type MetricsPushProtocol = "remote_write" | "otlp";

/** Where each signal goes, in the order that the Collector's pipelines name it. */
export interface Routes {
    readonly traces: readonly ("jaeger" | "trace_tier" | CommonRoute)[];
    readonly metrics: readonly ("scrape" | MetricsPushProtocol | CommonRoute)[];
    readonly logs: readonly (LogRoute | CommonRoute)[];
}

/** The Collector's log, and the destinations beside the stack's own backends, however many. */
type CommonRoute = "debug" | "destinations";

/** What decides the routes; so that a rule can ask before all settings are known to be valid. */
export type RouteSettings = DestinationSettings &
    Pick<StackSettings, "collector" | "durability" | "jaeger" | "topology" | LogStore | "prometheus">;

/** The destinations that the settings leave: a backend that is off takes its routes with it. */
export function resolveRoutes(settings: RouteSettings): Routes {
    const { collector, jaeger, prometheus } = settings;
    const commonRoutes = (signal: Signal) => [
        ...(collector.debugExporter.enabled ? (["debug"] as const) : []),
        ...(hasDestinationFor(signal, settings) ? (["destinations"] as const) : []),
    ];
    return {
        traces: [...(jaeger.enabled ? (["jaeger"] as const) : []), ...commonRoutes("traces")],
        metrics: [
            // Without our Prometheus, somebody else's may still scrape; nobody else can be pushed to.
            ...((collector.prometheusExporter.enabled ?? prometheus.enabled) ? (["scrape"] as const) : []),
            ...(prometheus.enabled && pushesMetrics(settings) ? [resolveMetricsPushProtocol(settings)] : []),
            ...commonRoutes("metrics"),
        ],
        logs: [...findLogStores(settings).map((store) => LOG_ROUTES[store]), ...commonRoutes("logs")],
    };
}

/** The routes of the Collectors that receive all telemetry: with two tiers, traces go to the trace tier. */
export function resolveIngestTierRoutes(settings: RouteSettings): Routes {
    const routes = resolveRoutes(settings);
    return hasTraceTier(settings)
        ? { ...routes, traces: ["trace_tier", ...routes.traces.filter((route) => route === "debug")] }
        : routes;
}

/** The routes of the trace tier. The Collector's log shows traces in the ingest tier. */
export function resolveTraceTierRoutes(settings: RouteSettings): Routes {
    return { traces: resolveRoutes(settings).traces.filter((route) => route !== "debug"), metrics: [], logs: [] };
}

/** By which route metrics are pushed, if they are; those made from spans are. */
export function resolveMetricsPushProtocol(settings: Pick<StackSettings, "durability">): MetricsPushProtocol {
    return usesPersistentQueues(settings) ? "otlp" : "remote_write";
}

function pushesMetrics(settings: RouteSettings): boolean {
    return usesPersistentQueues(settings) || (settings.collector.remoteWrite.enabled ?? true);
}

/** What decides whether metrics are made from spans. */
export type SpanMetricsInput = RouteSettings & Pick<StackSettings, "spanMetrics">;

/** Whether the Collector makes metrics from the spans that it receives. */
export function isSpanMetricsEnabled(settings: SpanMetricsInput): boolean {
    return settings.spanMetrics.enabled ?? findSpanMetricsBlocker(settings) === undefined;
}

/** What keeps metrics from being made from spans; undefined if nothing does. */
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

/** Whether anything is masked on the way. */
export function isRedactionEnabled({ redaction }: Pick<StackSettings, "redaction">): boolean {
    return redaction.blockedKeyPatterns.length + redaction.blockedValuePatterns.length > 0;
}

/** The signals that telemetrygen sends: all that have a destination, unless a setting says otherwise. */
export function resolveTelemetrygenSignals(settings: StackSettings): readonly Signal[] {
    const routes = resolveRoutes(settings);
    const { telemetrygen } = settings;
    return telemetrygen.enabled
        ? SIGNALS.filter((signal) => telemetrygen[signal].enabled ?? routes[signal].length > 0)
        : [];
}
