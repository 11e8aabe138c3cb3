import { type AlertmanagerPlan, resolveAlertmanager } from "./alertmanager";
import { type Autoscaling, resolveAutoscaling } from "./autoscaling";
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
} from "./durability";
import { type ExposurePlan, resolveExposure } from "./expose";
import { hasVictoriaLogsDataSource } from "./grafana";
import { type LogStore, findLogStores } from "./log-stores";
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
    /** The backends and destinations of each signal, regardless of the number of tiers. */
    readonly routes: Routes;
    /** The signals that have a destination. */
    readonly routedSignals: readonly Signal[];
    readonly metricsPushProtocol: MetricsPushProtocol;
    /** Whether the Collector pushes to Prometheus the metrics that it receives. */
    readonly pushesReceivedMetrics: boolean;
    /** Undefined if no metrics are generated from spans. */
    readonly spanMetrics: SpanMetricsSettings | undefined;
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
    /** Of the tier that sees whole traces. */
    readonly spanMetrics: SpanMetricsSettings | undefined;
    /** Of the tier that sees whole traces. */
    readonly tailSampling: TailSamplingSettings | undefined;
    /** Whether this tier sends traces to a Jaeger on a volume, which cannot store long attributes. */
    readonly limitsJaegerTraces: boolean;
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
    const metricsPushProtocol = resolveMetricsPushProtocol(settings);
    return {
        settings,
        routes,
        routedSignals: SIGNALS.filter((signal) => routes[signal].length > 0),
        metricsPushProtocol,
        pushesReceivedMetrics: routes.metrics.includes(metricsPushProtocol),
        spanMetrics: resolveSpanMetrics(settings),
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
        ...resolveTierPlan(resolveIngestTier(settings), resolveIngestTierRoutes(settings)),
        ...(hasTraceTier(settings) ? NO_TRACE_PROCESSING : resolveTraceProcessing(settings)),
        autoscaling: resolveAutoscaling(settings),
        secureOtlp: secureOtlp.enabled ? secureOtlp : undefined,
        redaction: isRedactionEnabled(settings) ? settings.redaction : undefined,
    };
}

function resolveTraceTierPlan(settings: StackSettings): TierPlan {
    return {
        ...resolveTierPlan(resolveTraceTier(settings), resolveTraceTierRoutes(settings)),
        ...resolveTraceProcessing(settings),
    };
}

type TraceProcessing = Pick<TierPlan, "limitsJaegerTraces" | "spanMetrics" | "tailSampling">;

const NO_TRACE_PROCESSING: TraceProcessing = {
    limitsJaegerTraces: false,
    spanMetrics: undefined,
    tailSampling: undefined,
};

function resolveTraceProcessing(settings: StackSettings): TraceProcessing {
    const { jaeger, tailSampling } = settings;
    return {
        limitsJaegerTraces: jaeger.enabled && jaeger.persistence.enabled,
        spanMetrics: resolveSpanMetrics(settings),
        tailSampling: tailSampling.enabled ? tailSampling : undefined,
    };
}

function resolveTierPlan(tier: CollectorTier, routes: Routes): Omit<TierPlan, keyof TraceProcessing> {
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
    };
}

function resolveSpanMetrics(settings: StackSettings): SpanMetricsSettings | undefined {
    return isSpanMetricsEnabled(settings) ? settings.spanMetrics : undefined;
}

function resolveVolumeSizes(settings: StackSettings): Plan["volumeSizes"] {
    return Object.fromEntries(
        BACKENDS_WITH_VOLUME.map((backend) => [backend, resolveVolumeSize(backend, settings)]),
    ) as Record<BackendWithVolume, string>;
}
