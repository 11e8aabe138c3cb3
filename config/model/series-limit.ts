import { maxCollectorReplicas } from "./autoscaling";
import type { CollectorTier } from "./tiers";
import type { StackSettings } from "../schema/schema";
import { MIB, parseBytes } from "../types/units";

/** How many series a Collector passes on. A series is a metric with one set of attributes of one sender. */
export interface SeriesLimits {
    /** Active series of the services that share a pool. */
    readonly pool: KindLimits;
    /** Series of all services for as long as Prometheus holds them in memory. */
    readonly total: KindLimits;
    /** Active series of metrics from spans. */
    readonly spans: KindLimits;
}

interface KindLimits {
    /** Histograms. Each of them is many series in Prometheus. */
    readonly histograms: number;
    /** Metrics of other types. */
    readonly others: number;
}

/** Memory of Prometheus without the metrics of services. */
const PROMETHEUS_IDLE_MIB = 96;
const PROMETHEUS_BYTES_PER_SERIES = 2048;
/** The default of SDKs has 16 buckets, a count and a sum. */
const SERIES_PER_HISTOGRAM = 18;
/** Prometheus scrapes metrics that are pushed to it, too, and there are metrics from spans. */
const COPIES = 3;
/**
 * Several Collectors share the memory of Prometheus as if they were as many. The number that there are is not used,
 * because another configuration replaces all pods, which an autoscaler and a user who scales do not expect.
 */
const SHARING_COLLECTORS = 4;
/** Histograms and others. */
const KINDS = 2;
/** For each histogram of the duration of an operation, spans have a counter, and the service graph has two. */
const SPAN_COUNTERS_PER_HISTOGRAM = 3;
/** A Collector knows an active series in its pool, in the total, and in the exporter for scrapes. */
const COLLECTOR_BYTES_PER_SERIES = 4096;
const COLLECTOR_BYTES_PER_HISTOGRAM = 16_384;
/** Of a Collector's memory, for series and for histograms each. */
const COLLECTOR_MEMORY_SHARE = 0.25;
/** A pool fills up again after each expiration, so the total leaves room for the others for four times as long. */
const POOL_SHARE = 0.25;

type SeriesSettings = Pick<StackSettings, "collector" | "prometheus">;

/** One half of the memory of Prometheus is for histograms. */
export function resolveSeriesLimits(
    settings: SeriesSettings,
    tier: Pick<CollectorTier, "replicas" | "resources">,
): SeriesLimits {
    const { collector } = settings;
    const total = totalSeries(settings, tier);
    const others = Math.min(collector.maxSeriesPerService ?? total.others * POOL_SHARE, total.others);
    return {
        pool: floorKinds({ others, histograms: (others / total.others) * total.histograms }),
        total: floorKinds(total),
        spans: floorKinds({
            histograms: total.histograms,
            others: Math.min(SPAN_COUNTERS_PER_HISTOGRAM * total.histograms, total.others),
        }),
    };
}

/** The largest number of series that a service may have. */
export function resolveMaxSeries(settings: SeriesSettings): number {
    return Math.floor(totalSeries(settings, settings.collector).others);
}

function totalSeries(
    { collector, prometheus }: SeriesSettings,
    { replicas, resources }: Pick<CollectorTier, "replicas" | "resources">,
): KindLimits {
    const known = parseBytes(resources.limits.memory) * COLLECTOR_MEMORY_SHARE;
    const prometheusBytes = parseBytes(prometheus.resources.limits.memory) - PROMETHEUS_IDLE_MIB * MIB;
    const pods = Math.max(replicas, maxCollectorReplicas(collector)) > 1 ? SHARING_COLLECTORS : 1;
    const stored = prometheus.enabled
        ? prometheusBytes / PROMETHEUS_BYTES_PER_SERIES / COPIES / pods / KINDS
        : Number.POSITIVE_INFINITY;
    return {
        others: Math.min(stored, known / COLLECTOR_BYTES_PER_SERIES),
        histograms: Math.min(stored / SERIES_PER_HISTOGRAM, known / COLLECTOR_BYTES_PER_HISTOGRAM),
    };
}

function floorKinds({ histograms, others }: KindLimits): KindLimits {
    return { histograms: Math.max(1, Math.floor(histograms)), others: Math.max(1, Math.floor(others)) };
}
