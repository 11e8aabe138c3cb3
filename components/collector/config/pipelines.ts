import type { OtlpDestination } from "../../../config/model/destinations";
import type { QueuePlan } from "../../../config/model/durability";
import type { MetricsPushProtocol, Routes } from "../../../config/model/routes";
import { SIGNALS, type Signal } from "../../../config/types/signal";
import type { RedactionSettings, TailSamplingSettings } from "../../../config/schema/schema";
import { azureMemoryLimits } from "../../../config/model/memory";
import { exporterId } from "./exporters";
import { type PodAttributes, podProcessorIds } from "./k8s-attributes";
import { type DestinationWithSecrets, destinationExporterId } from "./destination-exporters";
import { JAEGER_LIMITS, renderJaegerLimits } from "./jaeger-limits";
import { TAIL_SAMPLING, renderTailSampling } from "./processors";
import { type ReceiverArgs, receiverIds } from "./receivers";
import { redactionProcessorIds, renderRedactionProcessors } from "./redaction";
import { SPAN_METRICS_CONNECTORS, KEEP_SERVICE_NAME } from "./span-metrics";
import type {
    CollectorConfig,
    ConnectorId,
    Connectors,
    ExporterId,
    Pipeline,
    ProcessorId,
} from "./types/collector-config";
import { ADD_RESOURCE_LABELS } from "./resource-labels";

export interface PipelineArgs extends ReceiverArgs {
    readonly destinations?: readonly DestinationWithSecrets[];
    readonly pushProtocol: MetricsPushProtocol;
    readonly queues: QueuePlan;
    readonly routes: Routes;
    /** How the Collector finds the pod of telemetry. Undefined adds no pod attributes. */
    readonly podAttributes?: PodAttributes | undefined;
    /** Whether metrics without a service name get their resource attributes as labels. */
    readonly labelsByResource?: boolean;
    /** Redaction rules. Undefined redacts nothing. */
    readonly redaction?: RedactionSettings | undefined;
    /** Tail sampling policies. Undefined keeps all traces. */
    readonly tailSampling?: TailSamplingSettings | undefined;
    /** Span metrics settings. Undefined creates no span metrics. */
    readonly spanMetrics?: unknown;
    /** Whether Jaeger stores traces on a volume, where it cannot store long attributes. */
    readonly limitsJaegerTraces: boolean;
}

type Pipelines = CollectorConfig["service"]["pipelines"];

/** Connects the pipeline of a signal to the pipeline of its destinations that drop data. */
const FORWARD_TO_DESTINATIONS = "forward/destinations" as const satisfies ConnectorId;
/** Accepts all data immediately, so that a full queue of a destination does not reject the client's data. */
const ASYNC_BATCH = "batch/destinations" as const satisfies ProcessorId;
/** Runs after the asynchronous batch processor, where clients get no error. */
export const AZURE_MEMORY_LIMITER = "memory_limiter/azure-monitor" as const satisfies ProcessorId;

/** Connects the pipeline of all spans to the pipeline of sampled traces. */
const FORWARD_TO_SAMPLING = "forward/sampled" as const satisfies ConnectorId;

/** Connects a pipeline whose other exporters need whole attributes to the pipeline that truncates them for Jaeger. */
const FORWARD_TO_JAEGER = "forward/jaeger" as const satisfies ConnectorId;

// First in each pipeline, so that it rejects data before other processors allocate memory.
const LEADING_PROCESSORS = ["memory_limiter"] as const;

/** Renders the pipelines of all signals. */
export function renderPipelines(args: PipelineArgs): Pipelines {
    const routedSignals = SIGNALS.filter((signal) => args.routes[signal].length > 0);
    const droppingSignals = routedSignals.filter((signal) => otlpDestinationExporters(args, signal, "drop").length > 0);
    const azureSignals = routedSignals.filter((signal) => azureExporters(args, signal).length > 0);
    return Object.fromEntries<Pipeline>([
        ...routedSignals.map((signal) => [signal, mainPipeline(args, signal)] as const),
        ...(usesTailSampling(args, "traces") ? [["traces/sampled", sampledPipeline(args)] as const] : []),
        ...(limitsTraces(args) === "separately" ? [["traces/jaeger", jaegerPipeline(args)] as const] : []),
        ...droppingSignals.map((signal) => [`${signal}/destinations`, destinationPipeline(args, signal)] as const),
        ...azureSignals.map((signal) => [`${signal}/azure-monitor`, azurePipeline(args, signal)] as const),
        ...(args.spanMetrics === undefined ? [] : [["metrics/spans", spanMetricsPipeline(args)] as const]),
    ]);
}

function mainPipeline(args: PipelineArgs, signal: Signal): Pipeline {
    const { redaction, routes, spanMetrics } = args;
    const signalRoutes: readonly Routes[Signal][number][] = routes[signal];
    return {
        receivers: receiverIds(args),
        processors: [
            ...LEADING_PROCESSORS,
            ...podProcessorIds(args.podAttributes),
            ...redactionProcessorIds(redaction),
            // Last, so that added attributes become labels too, and redacted values stay redacted.
            ...(signal === "metrics" && addsResourceLabels(args) ? [ADD_RESOURCE_LABELS] : []),
            ...(signal === "traces" && !usesTailSampling(args, signal) ? inlineLimits(args) : []),
        ],
        exporters: [
            // The debug exporter and the span metrics get every span.
            ...(usesTailSampling(args, signal)
                ? [...signalRoutes.filter((way) => way === "debug"), FORWARD_TO_SAMPLING]
                : backendExporters(args, signal, signalRoutes)),
            ...(signal === "traces" && spanMetrics !== undefined ? SPAN_METRICS_CONNECTORS : []),
        ],
    };
}

/** The exporters and connectors of a signal's backends. */
function backendExporters(
    args: PipelineArgs,
    signal: Signal,
    signalRoutes: readonly Routes[Signal][number][],
): readonly (ConnectorId | ExporterId)[] {
    const { queues } = args;
    return [
        ...signalRoutes
            .filter((way) => way !== "destinations")
            .map((way) =>
                way === "jaeger" && limitsTraces(args) === "separately"
                    ? FORWARD_TO_JAEGER
                    : exporterId(way, queues.volume !== undefined),
            ),
        ...otlpDestinationExporters(args, signal, "reject"),
        ...(otlpDestinationExporters(args, signal, "drop").length + azureExporters(args, signal).length > 0
            ? [FORWARD_TO_DESTINATIONS]
            : []),
    ];
}

function usesTailSampling({ routes, tailSampling }: PipelineArgs, signal: Signal): boolean {
    return signal === "traces" && tailSampling !== undefined && routes.traces.length > 0;
}

function sampledPipeline(args: PipelineArgs): Pipeline {
    return {
        receivers: [FORWARD_TO_SAMPLING],
        processors: [TAIL_SAMPLING, ...inlineLimits(args)],
        exporters: backendExporters(
            args,
            "traces",
            args.routes.traces.filter((way) => way !== "debug"),
        ),
    };
}

/**
 * How traces are truncated for Jaeger. A separate pipeline copies all spans, so it is used only where a destination
 * gets whole attributes. The debug exporter and the span metrics may see truncated ones.
 */
function limitsTraces({ limitsJaegerTraces, routes }: PipelineArgs): "inline" | "separately" | undefined {
    if (!limitsJaegerTraces) {
        return undefined;
    }
    return routes.traces.includes("destinations") ? "separately" : "inline";
}

function inlineLimits(args: PipelineArgs): readonly ProcessorId[] {
    return limitsTraces(args) === "inline" ? [JAEGER_LIMITS] : [];
}

function jaegerPipeline({ queues }: PipelineArgs): Pipeline {
    return {
        receivers: [FORWARD_TO_JAEGER],
        processors: [JAEGER_LIMITS],
        exporters: [exporterId("jaeger", queues.volume !== undefined)],
    };
}

function otlpDestinationExporters(
    { destinations = [] }: PipelineArgs,
    signal: Signal,
    onQueueFull: OtlpDestination["onQueueFull"],
): readonly ExporterId[] {
    return destinations
        .filter((destination) => destination.kind === "otlp" && destination.onQueueFull === onQueueFull)
        .filter(({ signals }) => signals.includes(signal))
        .map(destinationExporterId);
}

function azureExporters({ destinations = [] }: PipelineArgs, signal: Signal): readonly ExporterId[] {
    return destinations
        .filter(({ kind, signals }) => kind === "azure_monitor" && signals.includes(signal))
        .map(destinationExporterId);
}

function destinationPipeline(args: PipelineArgs, signal: Signal): Pipeline {
    return {
        receivers: [FORWARD_TO_DESTINATIONS],
        processors: [ASYNC_BATCH],
        exporters: otlpDestinationExporters(args, signal, "drop"),
    };
}

function azurePipeline(args: PipelineArgs, signal: Signal): Pipeline {
    return {
        receivers: [FORWARD_TO_DESTINATIONS],
        processors: [ASYNC_BATCH, AZURE_MEMORY_LIMITER],
        exporters: azureExporters(args, signal),
    };
}

function spanMetricsPipeline({ pushProtocol, queues }: PipelineArgs): Pipeline {
    return {
        receivers: SPAN_METRICS_CONNECTORS,
        processors: [...LEADING_PROCESSORS, KEEP_SERVICE_NAME],
        exporters: [exporterId(pushProtocol, queues.volume !== undefined)],
    };
}

/** Whether metrics without a service name are distinguished by resource attributes. */
export function addsResourceLabels({ labelsByResource = false, routes }: PipelineArgs): boolean {
    return labelsByResource && routes.metrics.length > 0;
}

export function renderForwardConnectors(pipelines: Pipelines): Connectors {
    return {
        ...(pipelinesUse(pipelines, FORWARD_TO_DESTINATIONS) ? { [FORWARD_TO_DESTINATIONS]: {} } : {}),
        ...(pipelinesUse(pipelines, FORWARD_TO_JAEGER) ? { [FORWARD_TO_JAEGER]: {} } : {}),
        ...(pipelinesUse(pipelines, FORWARD_TO_SAMPLING) ? { [FORWARD_TO_SAMPLING]: {} } : {}),
    };
}

/**
 * Renders the optional processors that the pipelines use: redaction, tail sampling, the limits of Jaeger, the
 * asynchronous batch processor, and the memory limiter of Azure Monitor.
 */
export function renderProcessors(
    pipelines: Pipelines,
    { redaction: redactionSettings, resources, tailSampling: samplingSettings }: PipelineArgs,
): CollectorConfig["processors"] {
    const { limitMiB, spikeLimitMiB } = azureMemoryLimits(resources.limits.memory);
    const limiter = {
        check_interval: "1s",
        limit_mib: limitMiB,
        spike_limit_mib: spikeLimitMiB,
        min_gc_interval_when_soft_limited: "1s",
    };
    return {
        ...(redactionSettings ? renderRedactionProcessors(redactionSettings) : {}),
        ...(samplingSettings && pipelinesUse(pipelines, TAIL_SAMPLING)
            ? { [TAIL_SAMPLING]: renderTailSampling(samplingSettings) }
            : {}),
        ...(pipelinesUse(pipelines, JAEGER_LIMITS) ? { [JAEGER_LIMITS]: renderJaegerLimits() } : {}),
        ...(pipelinesUse(pipelines, ASYNC_BATCH)
            ? { [ASYNC_BATCH]: { timeout: "0s", send_batch_size: 0 } as const }
            : {}),
        ...(pipelinesUse(pipelines, AZURE_MEMORY_LIMITER) ? { [AZURE_MEMORY_LIMITER]: limiter } : {}),
    };
}

function pipelinesUse(pipelines: Pipelines, id: ConnectorId | ProcessorId): boolean {
    return Object.values(pipelines).some((pipeline) =>
        [...(pipeline?.receivers ?? []), ...(pipeline?.processors ?? [])].some((other) => other === id),
    );
}
