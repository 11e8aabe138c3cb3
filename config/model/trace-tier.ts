import type { DestinationSettings } from "./destinations";
import { hasTraceTier } from "./topology";
import type { LogStore } from "./log-stores";
import { type Routes, resolveRoutes } from "./routes";
import type { StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";
import { MIB, parseBytes } from "../types/units";

/**
 * The settings as each tier of Collectors sees them, so that what follows from settings is asked of a tier in the same
 * way as of a Collector that stands alone.
 */
export type TierSettings = DestinationSettings &
    Pick<
        StackSettings,
        "collector" | "durability" | "jaeger" | "topology" | LogStore | "prometheus" | "spanMetrics" | "traceTier"
    >;

/** Of the Collectors that everybody sends to: with two tiers, the second one stands where Jaeger was. */
export function resolveIngestTier<S extends TierSettings>(settings: S): S {
    return hasTraceTier(settings)
        ? {
              ...settings,
              ...filterDestinations(settings, (signal) => signal !== "traces"),
              jaeger: { ...settings.jaeger, enabled: true },
          }
        : settings;
}

/** Of those behind them, to which only traces come. */
export function resolveTraceTier<S extends TierSettings>(settings: S): S {
    const { collector, loki, prometheus, spanMetrics, traceTier, victoriaLogs } = settings;
    const { fsync, storageClass } = collector.queue;
    return {
        ...settings,
        ...filterDestinations(settings, (signal) => signal === "traces"),
        collector: {
            ...collector,
            replicas: traceTier.replicas,
            resources: traceTier.resources,
            autoscaling: { ...collector.autoscaling, enabled: false },
            queue: { ...traceTier.queue, fsync, storageClass },
            receiver: { ...collector.receiver, maxRequestSize: maxTraceTierRequestSize(collector) },
            debugExporter: { ...collector.debugExporter, enabled: false },
            prometheusExporter: { ...collector.prometheusExporter, enabled: false },
        },
        loki: { ...loki, enabled: false },
        victoriaLogs: { ...victoriaLogs, enabled: false },
        // Nothing but metrics from spans waits for it here.
        prometheus: { ...prometheus, enabled: prometheus.enabled && spanMetrics.enabled !== false },
    };
}

/** What the first tier's pipelines lead to. */
export function resolveIngestTierRoutes(settings: TierSettings): Routes {
    const routes = resolveRoutes(resolveIngestTier(settings));
    return hasTraceTier(settings)
        ? { ...routes, traces: routes.traces.map((route) => (route === "jaeger" ? "trace_tier" : route)) }
        : routes;
}

/** What the second tier's pipelines lead to. */
export function resolveTraceTierRoutes(settings: TierSettings): Routes {
    return { traces: resolveRoutes(resolveTraceTier(settings)).traces, metrics: [], logs: [] };
}

/** A batch is sent in parts, one for each pod, and a part has the resource anew for each scope of it. */
const TRACE_BATCH_FACTOR = 4;

/** MiB that a pod of the second tier may be sent at once, and has to have room for. */
export function maxTraceBatchMiB({ batch }: Pick<StackSettings["collector"], "batch">): number {
    return Math.ceil((TRACE_BATCH_FACTOR * parseBytes(batch.maxSize)) / MIB);
}

function maxTraceTierRequestSize(collector: StackSettings["collector"]): string {
    return `${Math.max(parseBytes(collector.receiver.maxRequestSize) / MIB, maxTraceBatchMiB(collector))}Mi`;
}

/** The external destinations with those signals alone; one that is left without any is none. */
function filterDestinations(
    { azureMonitor, destinations }: DestinationSettings,
    isIncluded: (signal: Signal) => boolean,
): DestinationSettings {
    const azure = azureMonitor.signals.filter(isIncluded);
    return {
        azureMonitor: { ...azureMonitor, signals: azure, enabled: azureMonitor.enabled && azure.length > 0 },
        destinations: Object.fromEntries(
            Object.entries(destinations).flatMap(([name, destination]) => {
                const signals = destination.signals.filter(isIncluded);
                return signals.length === 0 ? [] : [[name, { ...destination, signals }] as const];
            }),
        ),
    };
}
