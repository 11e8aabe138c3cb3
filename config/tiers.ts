import type { FurtherSettings } from "./destinations";
import { hasTraceTier } from "./layout";
import type { LogStore } from "./log-stores";
import { type Routes, routesOf } from "./routes";
import type { StackSettings } from "./schema";
import type { Signal } from "./signals";
import { MIB, bytesOf } from "./units";

/**
 * The settings as each tier of Collectors sees them, so that what follows from settings is asked of a tier in the same
 * way as of a Collector that stands alone.
 */
export type TieredSettings = FurtherSettings &
    Pick<
        StackSettings,
        | "collector"
        | "durability"
        | "jaeger"
        | "layout"
        | LogStore
        | "outage"
        | "prometheus"
        | "spanMetrics"
        | "traceTier"
    >;

/** Of the Collectors that everybody sends to: with two tiers, the second one stands where Jaeger was. */
export function firstTier<S extends TieredSettings>(settings: S): S {
    return hasTraceTier(settings)
        ? {
              ...settings,
              ...furtherOf(settings, (signal) => signal !== "traces"),
              jaeger: { ...settings.jaeger, enabled: true },
          }
        : settings;
}

/** Of those behind them, to which only traces come. */
export function secondTier<S extends TieredSettings>(settings: S): S {
    const { collector, loki, prometheus, spanMetrics, traceTier, victoriaLogs } = settings;
    const { fsync, storageClass } = collector.queue;
    return {
        ...settings,
        ...furtherOf(settings, (signal) => signal === "traces"),
        collector: {
            ...collector,
            replicas: traceTier.replicas,
            resources: traceTier.resources,
            autoscaling: { ...collector.autoscaling, enabled: false },
            queue: { ...traceTier.queue, fsync, storageClass },
            receiver: { ...collector.receiver, maxMessageSize: largestMessage(collector) },
            debug: { ...collector.debug, enabled: false },
            scrape: { ...collector.scrape, enabled: false },
        },
        loki: { ...loki, enabled: false },
        victoriaLogs: { ...victoriaLogs, enabled: false },
        // Nothing but metrics from spans waits for it here.
        prometheus: { ...prometheus, enabled: prometheus.enabled && spanMetrics.enabled !== false },
    };
}

/** What the first tier's pipelines lead to. */
export function firstTierRoutes(settings: TieredSettings): Routes {
    const routes = routesOf(firstTier(settings));
    return hasTraceTier(settings)
        ? { ...routes, traces: routes.traces.map((way) => (way === "jaeger" ? "trace_tier" : way)) }
        : routes;
}

/** What the second tier's pipelines lead to. */
export function secondTierRoutes(settings: TieredSettings): Routes {
    return { traces: routesOf(secondTier(settings)).traces, metrics: [], logs: [] };
}

/** A batch is sent in parts, one for each pod, and a part has the resource anew for each scope of it. */
const PART_OF_A_BATCH = 4;

/** MiB that a pod of the second tier may be sent at once, and has to have room for. */
export function largestPartMiB({ batch }: Pick<StackSettings["collector"], "batch">): number {
    return Math.ceil((PART_OF_A_BATCH * bytesOf(batch.maxSize)) / MIB);
}

function largestMessage(collector: StackSettings["collector"]): string {
    return `${Math.max(bytesOf(collector.receiver.maxMessageSize) / MIB, largestPartMiB(collector))}Mi`;
}

/** The further destinations with those signals alone; one that is left without any is none. */
function furtherOf(
    { azureMonitor, destinations }: FurtherSettings,
    goes: (signal: Signal) => boolean,
): FurtherSettings {
    const azure = azureMonitor.signals.filter(goes);
    return {
        azureMonitor: { ...azureMonitor, signals: azure, enabled: azureMonitor.enabled && azure.length > 0 },
        destinations: Object.fromEntries(
            Object.entries(destinations).flatMap(([name, destination]) => {
                const signals = destination.signals.filter(goes);
                return signals.length === 0 ? [] : [[name, { ...destination, signals }] as const];
            }),
        ),
    };
}
