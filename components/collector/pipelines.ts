import type { OtlpDestination } from "../../config/destinations";
import type { Queues } from "../../config/durability";
import type { PushRoute, Routes } from "../../config/routes";
import { SIGNALS, type Signal } from "../../config/signals";
import type { RedactionSettings, TailSamplingSettings } from "../../config/schema";
import { azureMemoryPlan } from "../../config/sizing";
import { exporterOf } from "./destinations";
import { type PodAttributes, podProcessorIds } from "./k8s-attributes";
import { type SealedDestination, furtherExporter } from "./further";
import { REDACTION, TAIL_SAMPLING, redaction, tailSampling } from "./processing";
import { type ReceiverArgs, receiverIds } from "./receivers";
import { CONNECTORS, SERVICE_ALONE } from "./span-metrics";
import type { CollectorConfig, ConnectorId, Connectors, ExporterId, Pipeline, ProcessorId } from "./types";
import { LABEL_UNNAMED } from "./unnamed";

export interface PipelineArgs extends ReceiverArgs {
    readonly destinations?: readonly SealedDestination[];
    readonly pushRoute: PushRoute;
    readonly queues: Queues;
    readonly routes: Routes;
    /** How telemetry is told of its pod; left out, it is not. */
    readonly podAttributes?: PodAttributes;
    /** Whether metrics of what is no service get labels of its attributes. */
    readonly labelsUnnamed?: boolean;
    /** What is masked on the way; left out, nothing is. */
    readonly redaction?: RedactionSettings;
    /** Which traces are kept; left out, all are. */
    readonly tailSampling?: TailSamplingSettings;
    /** How metrics are made from spans; left out, none are. */
    readonly spanMetrics?: unknown;
}

type Pipelines = CollectorConfig["service"]["pipelines"];

/** Leads from the pipeline of a signal to that of its destinations that drop. */
const TO_FURTHER = "forward/further" as const satisfies ConnectorId;
/** Takes everything at once and answers for nothing, so that a full queue behind it is not the client's affair. */
const DETACHED = "batch/further" as const satisfies ProcessorId;
/** Behind it, where no client hears of it. */
export const AZURE_LIMITER = "memory_limiter/azure-monitor" as const satisfies ProcessorId;

/** Leads from the pipeline of all spans to that of the traces that are kept. */
const TO_SAMPLED = "forward/sampled" as const satisfies ConnectorId;

// First, so that it refuses data before anything else has taken memory for it.
const PROCESSORS = ["memory_limiter"] as const;

/** What happens to each signal, from the receivers to where it goes. */
export function pipelinesOf(args: PipelineArgs): Pipelines {
    const taken = SIGNALS.filter((signal) => args.routes[signal].length > 0);
    const dropped = taken.filter((signal) => otlpOf(args, signal, "drop").length > 0);
    const azure = taken.filter((signal) => azureOf(args, signal).length > 0);
    return Object.fromEntries<Pipeline>([
        ...taken.map((signal) => [signal, mainPipeline(args, signal)] as const),
        ...(isSampled(args, "traces") ? [["traces/sampled", sampledPipeline(args)] as const] : []),
        ...dropped.map((signal) => [`${signal}/further`, furtherPipeline(args, signal)] as const),
        ...azure.map((signal) => [`${signal}/azure-monitor`, azurePipeline(args, signal)] as const),
        ...(args.spanMetrics === undefined ? [] : [["metrics/spans", spanMetricsPipeline(args)] as const]),
    ]);
}

function mainPipeline(args: PipelineArgs, signal: Signal): Pipeline {
    const { redaction, routes, spanMetrics } = args;
    const ways: readonly Routes[Signal][number][] = routes[signal];
    return {
        receivers: receiverIds(args),
        processors: [
            ...PROCESSORS,
            ...podProcessorIds(args.podAttributes),
            ...(redaction ? [REDACTION] : []),
            // Last: what was added becomes labels too, and what was masked stays so.
            ...(signal === "metrics" && labelsMetrics(args) ? [LABEL_UNNAMED] : []),
        ],
        exporters: [
            // The log and the metrics see every span.
            ...(isSampled(args, signal)
                ? [...ways.filter((way) => way === "debug"), TO_SAMPLED]
                : keptBy(args, signal, ways)),
            ...(signal === "traces" && spanMetrics !== undefined ? CONNECTORS : []),
        ],
    };
}

/** Everything between the start and the end of a signal's way. */
function keptBy(
    args: PipelineArgs,
    signal: Signal,
    ways: readonly Routes[Signal][number][],
): readonly (ConnectorId | ExporterId)[] {
    const { queues } = args;
    return [
        ...ways.filter((way) => way !== "further").map((way) => exporterOf(way, queues.volume !== undefined)),
        ...otlpOf(args, signal, "refuse"),
        ...(otlpOf(args, signal, "drop").length + azureOf(args, signal).length > 0 ? [TO_FURTHER] : []),
    ];
}

function isSampled({ routes, tailSampling }: PipelineArgs, signal: Signal): boolean {
    return signal === "traces" && tailSampling !== undefined && routes.traces.length > 0;
}

function sampledPipeline(args: PipelineArgs): Pipeline {
    return {
        receivers: [TO_SAMPLED],
        processors: [TAIL_SAMPLING],
        exporters: keptBy(
            args,
            "traces",
            args.routes.traces.filter((way) => way !== "debug"),
        ),
    };
}

function otlpOf(
    { destinations = [] }: PipelineArgs,
    signal: Signal,
    whenFull: OtlpDestination["whenFull"],
): readonly ExporterId[] {
    return destinations
        .filter((destination) => destination.kind === "otlp" && destination.whenFull === whenFull)
        .filter(({ signals }) => signals.includes(signal))
        .map(furtherExporter);
}

function azureOf({ destinations = [] }: PipelineArgs, signal: Signal): readonly ExporterId[] {
    return destinations
        .filter(({ kind, signals }) => kind === "azure_monitor" && signals.includes(signal))
        .map(furtherExporter);
}

function furtherPipeline(args: PipelineArgs, signal: Signal): Pipeline {
    return { receivers: [TO_FURTHER], processors: [DETACHED], exporters: otlpOf(args, signal, "drop") };
}

function azurePipeline(args: PipelineArgs, signal: Signal): Pipeline {
    return { receivers: [TO_FURTHER], processors: [DETACHED, AZURE_LIMITER], exporters: azureOf(args, signal) };
}

function spanMetricsPipeline({ pushRoute, queues }: PipelineArgs): Pipeline {
    return {
        receivers: CONNECTORS,
        processors: [...PROCESSORS, SERVICE_ALONE],
        exporters: [exporterOf(pushRoute, queues.volume !== undefined)],
    };
}

/** Whether metrics of what has no name of its own are told apart by their resource. */
export function labelsMetrics({ labelsUnnamed = false, routes }: PipelineArgs): boolean {
    return labelsUnnamed && routes.metrics.length > 0;
}

/** The connectors between those pipelines. */
export function betweenPipelines(pipelines: Pipelines): Connectors {
    return {
        ...(uses(pipelines, TO_FURTHER) ? { [TO_FURTHER]: {} } : {}),
        ...(uses(pipelines, TO_SAMPLED) ? { [TO_SAMPLED]: {} } : {}),
    };
}

/**
 * What masks and samples, what lets clients go before a destination has a say, and what Azure Monitor may take of the
 * memory: whatever the pipelines use.
 */
export function processorsOf(
    pipelines: Pipelines,
    { redaction: redacted, resources, tailSampling: sampled }: PipelineArgs,
): CollectorConfig["processors"] {
    const { limitMiB, spikeLimitMiB } = azureMemoryPlan(resources.limits.memory);
    const limiter = {
        check_interval: "1s",
        limit_mib: limitMiB,
        spike_limit_mib: spikeLimitMiB,
        min_gc_interval_when_soft_limited: "1s",
    };
    return {
        ...(redacted && uses(pipelines, REDACTION) ? { [REDACTION]: redaction(redacted) } : {}),
        ...(sampled && uses(pipelines, TAIL_SAMPLING) ? { [TAIL_SAMPLING]: tailSampling(sampled) } : {}),
        ...(uses(pipelines, DETACHED) ? { [DETACHED]: { timeout: "0s", send_batch_size: 0 } as const } : {}),
        ...(uses(pipelines, AZURE_LIMITER) ? { [AZURE_LIMITER]: limiter } : {}),
    };
}

function uses(pipelines: Pipelines, id: ConnectorId | ProcessorId): boolean {
    return Object.values(pipelines).some((pipeline) =>
        [...(pipeline?.receivers ?? []), ...(pipeline?.processors ?? [])].some((other) => other === id),
    );
}
