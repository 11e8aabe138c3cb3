import { type AlertmanagerPlan, resolveAlertmanager } from "./alertmanager";
import { type Autoscaling, maxCollectorReplicas, resolveAutoscaling } from "./autoscaling";
import { type ClusterTelemetryPlan, resolveClusterTelemetry } from "./cluster-telemetry";
import { type Destination, resolveDestinations } from "./destinations";
import {
    type BackendQueue,
    type QueuePlan,
    jaegerAcceptsHttp,
    maxReplayDelaySeconds,
    resolveBackendQueues,
    resolveQueues,
    usesPersistentQueues,
    maxPointAgeSeconds,
} from "./durability";
import { type ExposurePlan, resolveExposure } from "./expose";
import { hasVictoriaLogsDataSource } from "./grafana";
import { type ImagePlan, type RegistryCredentials, resolveCredentials, resolveImages } from "./images";
import { type LogLimits, type LogStore, findLogStores, resolveLogLimits } from "./log-stores";
import {
    type MetricsPushProtocol,
    type Routes,
    isRedactionEnabled,
    isSpanMetricsEnabled,
    resolveIngestTierRoutes,
    resolveMetricsPushProtocol,
    resolveRoutes,
    resolveTelemetrygenSignals,
    resolveTraceTierRoutes,
} from "./routes";
import { type PodPlans, resolvePods } from "./pods";
import { type SampleIntervals, resolveSampleIntervals } from "./sample-intervals";
import { type SeriesLimits, resolveSeriesLimits } from "./series-limit";
import { type StoredData, resolveStoredData, retainsNamespace } from "./stored-data";
import { type CollectorTier, resolveIngestTier, resolveTraceTier } from "./tiers";
import { hasTraceTier } from "./topology";
import { BACKENDS_WITH_VOLUME, type BackendWithVolume, resolveVolumeSize } from "./volumes";
import type {
    RedactionSettings,
    SecureOtlpSettings,
    SpanMetricsSettings,
    StackSettings,
    TailSamplingSettings,
} from "../schema/schema";
import { SIGNALS, type Signal } from "../types/signal";

/**
 * Everything that follows from the settings of a stack, computed once.
 *
 * Components, outputs, alerts, dashboards and tools read a fact here. None of them derives it from the settings again.
 */
export interface Plan {
    /** The settings that the plan follows from. */
    readonly settings: StackSettings;
    readonly images: ImagePlan;
    /** The credentials of registries for which the stack creates a Secret. */
    readonly registryCredentials: readonly RegistryCredentials[];
    readonly pods: PodPlans;
    /** The backends and destinations of each signal, regardless of the number of tiers. */
    readonly routes: Routes;
    /** The signals that have a destination. */
    readonly routedSignals: readonly Signal[];
    readonly metricsPushProtocol: MetricsPushProtocol;
    /** Undefined if no metrics are generated from spans. */
    readonly spanMetrics: SpanMetricsSettings | undefined;
    /** How far apart the samples of series in Prometheus are. Windows of rules and dashboards follow from it. */
    readonly sampleIntervals: SampleIntervals;
    readonly usesPersistentQueues: boolean;
    /** How many seconds late an item may arrive at a backend. */
    readonly maxReplayDelaySeconds: number;
    readonly ingestTier: IngestTierPlan;
    /** Undefined in a single-tier topology. */
    readonly traceTier: TierPlan | undefined;
    /** The destinations outside the stack. */
    readonly destinations: readonly Destination[];
    /** Undefined if Alertmanager is disabled. */
    readonly alertmanager: AlertmanagerPlan | undefined;
    readonly exposure: ExposurePlan;
    readonly clusterTelemetry: ClusterTelemetryPlan;
    /** The enabled backends for logs. */
    readonly logStores: readonly LogStore[];
    readonly jaegerAcceptsHttp: boolean;
    /** Undefined if Jaeger stores traces of any number of spans. */
    readonly maxSpansPerTrace: number | undefined;
    /** Disk space of each backend, on a volume or in an emptyDir of the pod. */
    readonly volumeSizes: Readonly<Record<BackendWithVolume, string>>;
    readonly grafanaReadsVictoriaLogs: boolean;
    readonly telemetrygenSignals: readonly Signal[];
    /** The data that the stack stores on volumes. */
    readonly storedData: StoredData;
    /** Whether the Namespace stays in the cluster when the stack leaves it. */
    readonly retainsNamespace: boolean;
}

/** A tier of Collectors. */
export interface TierPlan extends Pick<
    CollectorTier,
    "batch" | "destinations" | "receiver" | "replicas" | "resources"
> {
    readonly routes: Routes;
    readonly queues: QueuePlan;
    /** The queues for workloads of the stack. */
    readonly backendQueues: readonly BackendQueue[];
    /** Of the tier that receives complete traces. */
    readonly spanMetrics: SpanMetricsSettings | undefined;
    /** Of the tier that receives complete traces. */
    readonly tailSampling: TailSamplingSettings | undefined;
    /** Whether this tier sends traces to the Jaeger of the stack. */
    readonly sendsToJaeger: boolean;
    /** What the log stores accept. */
    readonly logLimits: LogLimits;
    /** How metrics are repaired for Prometheus. Undefined if this tier sends it none. */
    readonly prometheusLimits: PrometheusLimits | undefined;
    /** How many series each pod passes to Prometheus. */
    readonly seriesLimits: SeriesLimits;
    /** Whether Prometheus stores the number of repaired items. */
    readonly countsRepairs: boolean;
}

interface PrometheusLimits {
    /** A point that is older than this gets the time of its arrival. */
    readonly maxPointAgeSeconds: number;
    /** Whether several pods receive metrics. */
    readonly multiReplica: boolean;
}

/** The Collectors that receive all telemetry. */
interface IngestTierPlan extends TierPlan {
    /** Undefined if the number of pods is fixed. */
    readonly autoscaling: Autoscaling | undefined;
    /** Undefined if the secure OTLP listener is disabled. */
    readonly secureOtlp: SecureOtlpSettings | undefined;
    /** Undefined if nothing is redacted. */
    readonly redaction: RedactionSettings | undefined;
}

/** @param settings Valid settings: what {@link validate} returns. */
export function resolvePlan(settings: StackSettings): Plan {
    const routes = resolveRoutes(settings);
    return {
        settings,
        images: resolveImages(settings),
        registryCredentials: resolveCredentials(settings.images),
        pods: resolvePods(settings),
        routes,
        routedSignals: SIGNALS.filter((signal) => routes[signal].length > 0),
        metricsPushProtocol: resolveMetricsPushProtocol(settings),
        spanMetrics: resolveSpanMetrics(settings),
        sampleIntervals: resolveSampleIntervals(settings),
        usesPersistentQueues: usesPersistentQueues(settings),
        maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
        ingestTier: resolveIngestTierPlan(settings),
        traceTier: hasTraceTier(settings) ? resolveTraceTierPlan(settings) : undefined,
        destinations: resolveDestinations(settings),
        alertmanager: resolveAlertmanager(settings),
        exposure: resolveExposure(settings),
        clusterTelemetry: resolveClusterTelemetry(settings),
        logStores: findLogStores(settings),
        jaegerAcceptsHttp: jaegerAcceptsHttp(settings),
        maxSpansPerTrace: resolveMaxSpansPerTrace(settings),
        volumeSizes: resolveVolumeSizes(settings),
        grafanaReadsVictoriaLogs: hasVictoriaLogsDataSource(settings),
        telemetrygenSignals: resolveTelemetrygenSignals(settings),
        storedData: resolveStoredData(settings),
        retainsNamespace: retainsNamespace(settings),
    };
}

function resolveIngestTierPlan(settings: StackSettings): IngestTierPlan {
    const { secureOtlp } = settings;
    return {
        ...resolveTierPlan(settings, resolveIngestTier(settings), resolveIngestTierRoutes(settings)),
        ...(hasTraceTier(settings) ? NO_TRACE_PROCESSING : resolveTraceProcessing(settings)),
        prometheusLimits: resolvePrometheusLimits(settings),
        autoscaling: resolveAutoscaling(settings),
        secureOtlp: secureOtlp.enabled ? secureOtlp : undefined,
        redaction: isRedactionEnabled(settings) ? settings.redaction : undefined,
    };
}

function resolveTraceTierPlan(settings: StackSettings): TierPlan {
    return {
        ...resolveTierPlan(settings, resolveTraceTier(settings), resolveTraceTierRoutes(settings)),
        ...resolveTraceProcessing(settings),
        prometheusLimits: undefined,
    };
}

/** The scrape and both push protocols have the same limits. */
function resolvePrometheusLimits(settings: StackSettings): PrometheusLimits | undefined {
    const { collector } = settings;
    return resolveRoutes(settings).metrics.some((route) => route !== "debug" && route !== "destinations")
        ? { maxPointAgeSeconds: maxPointAgeSeconds(settings), multiReplica: maxCollectorReplicas(collector) > 1 }
        : undefined;
}

type TraceProcessing = Pick<TierPlan, "sendsToJaeger" | "spanMetrics" | "tailSampling">;

const NO_TRACE_PROCESSING: TraceProcessing = {
    sendsToJaeger: false,
    spanMetrics: undefined,
    tailSampling: undefined,
};

function resolveTraceProcessing(settings: StackSettings): TraceProcessing {
    const { jaeger, tailSampling } = settings;
    return {
        sendsToJaeger: jaeger.enabled,
        spanMetrics: resolveSpanMetrics(settings),
        tailSampling: tailSampling.enabled ? tailSampling : undefined,
    };
}

function resolveTierPlan(
    settings: StackSettings,
    tier: CollectorTier,
    routes: Routes,
): Omit<TierPlan, keyof TraceProcessing | "prometheusLimits"> {
    const { batch, destinations, receiver, replicas, resources } = tier;
    return {
        batch,
        destinations,
        receiver,
        replicas,
        resources,
        routes,
        queues: resolveQueues(tier),
        backendQueues: resolveBackendQueues(tier),
        logLimits: resolveLogLimits(settings),
        seriesLimits: resolveSeriesLimits(settings, tier),
        countsRepairs: settings.prometheus.enabled,
    };
}

function resolveSpanMetrics(settings: StackSettings): SpanMetricsSettings | undefined {
    return isSpanMetricsEnabled(settings) ? settings.spanMetrics : undefined;
}

/**
 * Counting the spans of a trace holds them in memory. On a volume, Jaeger stores what it acknowledges, so it counts
 * none.
 */
function resolveMaxSpansPerTrace({ jaeger }: StackSettings): number | undefined {
    return jaeger.persistence.enabled ? undefined : jaeger.maxSpansPerTrace;
}

function resolveVolumeSizes(settings: StackSettings): Plan["volumeSizes"] {
    return Object.fromEntries(
        BACKENDS_WITH_VOLUME.map((backend) => [backend, resolveVolumeSize(backend, settings)]),
    ) as Record<BackendWithVolume, string>;
}
