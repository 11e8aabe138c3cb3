import { type Destination, type DestinationSettings, resolveDestinations } from "./destinations";
import { hasTraceTier } from "./topology";
import { type LogStore, findLogStores } from "./log-stores";
import type { CollectorSettings, ResourceSettings, StackSettings } from "../schema/schema";
import type { Signal } from "../types/signal";
import { MIB, parseBytes } from "../types/units";

/** The settings that tiers follow from. */
export type TierSettings = DestinationSettings &
    Pick<
        StackSettings,
        "collector" | "durability" | "jaeger" | "topology" | LogStore | "prometheus" | "spanMetrics" | "traceTier"
    >;

/**
 * A tier of Collectors: what its queues, its memory and its receivers depend on.
 *
 * Its getters read a setting only when a rule uses it, because rules must not depend on invalid settings that they do
 * not use.
 */
export interface CollectorTier extends Pick<StackSettings, "durability"> {
    readonly replicas: number;
    readonly resources: ResourceSettings;
    readonly batch: CollectorSettings["batch"];
    readonly queue: CollectorSettings["queue"];
    readonly receiver: CollectorSettings["receiver"];
    /** The workload of the stack that receives its traces. */
    readonly traceBackend: "jaeger" | "traceTier" | undefined;
    readonly sendsToPrometheus: boolean;
    readonly logStores: readonly LogStore[];
    /** The destinations outside the stack, each with the signals that this tier sends to it. */
    readonly destinations: readonly Destination[];
}

/** The Collectors that receive all telemetry. With two tiers they send traces to the trace tier alone. */
export function resolveIngestTier(settings: TierSettings): CollectorTier {
    const { collector, durability } = settings;
    return {
        durability,
        batch: collector.batch,
        queue: collector.queue,
        receiver: collector.receiver,
        resources: collector.resources,
        get replicas() {
            return collector.replicas;
        },
        get traceBackend() {
            if (hasTraceTier(settings)) {
                return "traceTier";
            }
            return settings.jaeger.enabled ? "jaeger" : undefined;
        },
        get sendsToPrometheus() {
            return settings.prometheus.enabled;
        },
        get logStores() {
            return findLogStores(settings);
        },
        get destinations() {
            return hasTraceTier(settings)
                ? filterSignals(resolveDestinations(settings), (signal) => signal !== "traces")
                : resolveDestinations(settings);
        },
    };
}

/** The Collectors that receive complete traces from the ingest tier. Check {@link hasTraceTier} first. */
export function resolveTraceTier(settings: TierSettings): CollectorTier {
    const { collector, durability, traceTier } = settings;
    return {
        durability,
        batch: collector.batch,
        resources: traceTier.resources,
        get replicas() {
            return traceTier.replicas;
        },
        get queue() {
            const { fsync, storageClass } = collector.queue;
            return { ...traceTier.queue, fsync, storageClass };
        },
        get receiver() {
            return { ...collector.receiver, maxRequestSize: maxTraceTierRequestSize(collector) };
        },
        get traceBackend() {
            return settings.jaeger.enabled ? ("jaeger" as const) : undefined;
        },
        get sendsToPrometheus() {
            // Only metrics that are generated from spans.
            return settings.prometheus.enabled && settings.spanMetrics.enabled !== false;
        },
        logStores: [],
        get destinations() {
            return filterSignals(resolveDestinations(settings), (signal) => signal === "traces");
        },
    };
}

/** A batch is split into one part per pod, and each part repeats the resource for each scope. */
const TRACE_BATCH_FACTOR = 4;

/** Maximum size of a request to a pod of the trace tier. */
export function maxTraceBatchMiB({ batch }: Pick<CollectorSettings, "batch">): number {
    return Math.ceil((TRACE_BATCH_FACTOR * parseBytes(batch.maxSize)) / MIB);
}

function maxTraceTierRequestSize(collector: CollectorSettings): string {
    return `${Math.max(parseBytes(collector.receiver.maxRequestSize) / MIB, maxTraceBatchMiB(collector))}Mi`;
}

/** The destinations with some of their signals, without destinations that have none of them. */
function filterSignals(
    destinations: readonly Destination[],
    isIncluded: (signal: Signal) => boolean,
): readonly Destination[] {
    return destinations
        .map((destination) => ({ ...destination, signals: destination.signals.filter(isIncluded) }))
        .filter(({ signals }) => signals.length > 0);
}
