import type { OtlpDestination } from "../../../config/model/destinations";
import type { QueuePlan } from "../../../config/model/durability";
import type { MetricsPushProtocol, Routes } from "../../../config/model/routes";
import { SIGNALS, type Signal } from "../../../config/types/signal";
import type { RedactionSettings, TailSamplingSettings } from "../../../config/schema/schema";
import { exporterId } from "./exporters";
import { type PodAttributes, podProcessorIds } from "./k8s-attributes";
import { type DestinationWithSecrets, destinationExporterId } from "./destination-exporters";
import { JAEGER_LIMITS } from "./jaeger-limits";
import { LOG_REPAIRS } from "./log-repairs";
import { LOKI_LIMITS } from "./loki-limits";
import { AZURE_MEMORY_LIMITER } from "./memory-limiter";
import { PROMETHEUS_LIMIT_PROCESSORS, type PrometheusLimitArgs } from "./prometheus-limits";
import { type ReceiverArgs, receiverIds } from "./receivers";
import { redactionProcessorIds } from "./redaction";
import { SPAN_REPAIRS } from "./span-repairs";
import { SPAN_SERIES_LIMIT_PROCESSORS } from "./series-limit";
import { TAIL_SAMPLING } from "./tail-sampling";
import { VICTORIA_LOGS_LIMITS } from "./victoria-logs-limits";
import { SPAN_METRICS_CONNECTORS, IDENTIFY_SPAN_METRICS } from "./span-metrics";
import { COUNT_REPAIRS, REPAIR_PROCESSORS, renderCountRepairs } from "./repair-counts";
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
    /** External destinations. */
    readonly destinations?: readonly DestinationWithSecrets[];
    /** The only route of span metrics. With two routes, sums of rates would count everything twice. */
    readonly pushProtocol: MetricsPushProtocol;
    readonly queues: QueuePlan;
    readonly routes: Routes;
    /** How the Collector finds the pod of telemetry. Undefined adds no pod attributes. */
    readonly podAttributes?: PodAttributes | undefined;
    /** Whether metrics without a service name, such as those of pods and nodes, get their resource attributes as labels. */
    readonly labelsByResource?: boolean;
    /** Redaction rules. Undefined redacts nothing. */
    readonly redaction?: RedactionSettings | undefined;
    /** Tail sampling policies. Undefined keeps all traces. */
    readonly tailSampling?: TailSamplingSettings | undefined;
    /** Span metrics settings. Undefined creates no span metrics. */
    readonly spanMetrics?: unknown;
    /** Whether this tier sends traces to the Jaeger of the stack. */
    readonly sendsToJaeger: boolean;
    /** How metrics are repaired for Prometheus. Undefined if this tier sends it none. */
    readonly prometheusLimits?: PrometheusLimitArgs | undefined;
    /** Whether Prometheus stores the number of repaired items. */
    readonly countsRepairs: boolean;
}

export type Pipelines = CollectorConfig["service"]["pipelines"];

/** Connects the pipeline of a signal to the pipeline of its destinations that drop data. */
const FORWARD_TO_DESTINATIONS = "forward/destinations" as const satisfies ConnectorId;
/** Connects the pipeline of a signal to the pipeline that prints it. */
const FORWARD_TO_DEBUG = "forward/debug" as const satisfies ConnectorId;
/** Accepts all data immediately, so that printing does not slow down clients, and reports no error. */
export const ASYNC_DEBUG = "batch/debug" as const satisfies ProcessorId;
/** Accepts all data immediately, so that a full queue of a destination does not reject the client's data. */
export const ASYNC_BATCH = "batch/destinations" as const satisfies ProcessorId;

/** Connects the pipeline of all spans to the pipeline of sampled traces. */
const FORWARD_TO_SAMPLING = "forward/sampled" as const satisfies ConnectorId;

/** A backend with limits of its own. */
type LimitedRoute = "jaeger" | "loki" | "victorialogs";
const LIMITS = {
    jaeger: JAEGER_LIMITS,
    loki: LOKI_LIMITS,
    victorialogs: VICTORIA_LOGS_LIMITS,
} as const satisfies Record<LimitedRoute, ProcessorId>;
/** Connects a pipeline whose other exporters need unchanged items to the pipeline that changes them for a backend. */
const FORWARD_TO_LIMITS = {
    jaeger: "forward/jaeger",
    loki: "forward/loki",
    victorialogs: "forward/victorialogs",
} as const satisfies Record<LimitedRoute, ConnectorId>;
const LIMITED_SIGNALS = {
    jaeger: "traces",
    loki: "logs",
    victorialogs: "logs",
} as const satisfies Record<LimitedRoute, Signal>;
const LIMITED_ROUTES: readonly LimitedRoute[] = ["jaeger", "loki", "victorialogs"];

/** Connects a pipeline whose other exporters need metrics as they are to the pipeline that repairs them. */
const FORWARD_TO_PROMETHEUS = "forward/prometheus" as const satisfies ConnectorId;

// First in each pipeline with a receiver, so that it rejects data before other processors allocate memory. A connector's
// pipeline has none: it would reject a client's request that the other exporters of the same pipeline have accepted.
const LEADING_PROCESSORS = ["memory_limiter"] as const;

/** Renders the pipelines of all signals. */
export function renderPipelines(args: PipelineArgs): Pipelines {
    const routedSignals = SIGNALS.filter((signal) => args.routes[signal].length > 0);
    const droppingSignals = routedSignals.filter((signal) => otlpDestinationExporters(args, signal, "drop").length > 0);
    const azureSignals = routedSignals.filter((signal) => azureExporters(args, signal).length > 0);
    const pipelines = Object.fromEntries<Pipeline>([
        ...routedSignals.map((signal) => [signal, mainPipeline(args, signal)] as const),
        ...routedSignals
            .filter((signal) => printsSignal(args, signal))
            .map((signal) => [`${signal}/debug`, debugPipeline()] as const),
        ...(usesTailSampling(args, "traces") ? [["traces/sampled", sampledPipeline(args)] as const] : []),
        ...LIMITED_ROUTES.filter((route) => hasLimitedPipeline(args, route)).map(
            (route) => [`${LIMITED_SIGNALS[route]}/${route}`, limitedPipeline(args, route)] as const,
        ),
        ...(limitsMetrics(args) === "separately" ? [["metrics/prometheus", prometheusPipeline(args)] as const] : []),
        ...droppingSignals.map((signal) => [`${signal}/destinations`, destinationPipeline(args, signal)] as const),
        ...azureSignals.map((signal) => [`${signal}/azure-monitor`, azurePipeline(args, signal)] as const),
        ...(args.spanMetrics === undefined ? [] : [["metrics/spans", spanMetricsPipeline(args)] as const]),
    ]);
    const countsRepairs = Object.values(pipelines).some(({ exporters }) => exporters.includes(COUNT_REPAIRS));
    return { ...pipelines, ...(countsRepairs ? { "metrics/repairs": repairsPipeline(args) } : {}) };
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
            ...repairs(args, signal),
            ...(usesTailSampling(args, signal) ? [] : inlineLimits(args, signal)),
            ...(signal === "metrics" && limitsMetrics(args) === "inline" ? PROMETHEUS_LIMIT_PROCESSORS : []),
        ],
        exporters: [
            // The debug exporter and the span metrics get every span.
            ...(usesTailSampling(args, signal)
                ? [...(printsSignal(args, signal) ? [FORWARD_TO_DEBUG] : []), FORWARD_TO_SAMPLING]
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
    const isForwarded = signal === "metrics" && limitsMetrics(args) === "separately";
    return [
        ...(isForwarded ? [FORWARD_TO_PROMETHEUS] : []),
        ...(limitsInline(args, signal) ? repairCounter(args) : []),
        ...signalRoutes
            .filter((route) => route !== "destinations")
            .filter((route) => !(isForwarded && isPrometheusRoute(route)))
            .map((route) =>
                route === "debug"
                    ? FORWARD_TO_DEBUG
                    : isLimited(args, route) && hasLimitedPipeline(args, route)
                      ? FORWARD_TO_LIMITS[route]
                      : exporterId(route, queues.volume !== undefined),
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
        processors: [TAIL_SAMPLING, ...inlineLimits(args, "traces")],
        exporters: backendExporters(
            args,
            "traces",
            args.routes.traces.filter((route) => route !== "debug"),
        ),
    };
}

function printsSignal({ routes }: PipelineArgs, signal: Signal): boolean {
    return routes[signal].some((route) => route === "debug");
}

/**
 * Prints after the client's request is answered. The debug exporter prints one request after the other, so requests that wait for
 * it would fill the memory. Its queue drops what it cannot print in time.
 */
function debugPipeline(): Pipeline {
    return { receivers: [FORWARD_TO_DEBUG], processors: [ASYNC_DEBUG], exporters: ["debug"] };
}

/** The trace tier receives repaired spans. Destinations alone get what was sent. */
function repairs({ routes, tier }: PipelineArgs, signal: Signal): readonly ProcessorId[] {
    if (signal === "metrics" || tier !== undefined || !routes[signal].some(isBackend)) {
        return [];
    }
    return [signal === "traces" ? SPAN_REPAIRS : LOG_REPAIRS];
}

function isBackend(route: Routes[Signal][number]): boolean {
    return route !== "debug" && route !== "destinations";
}

function isLimited({ sendsToJaeger }: PipelineArgs, route: Routes[Signal][number]): route is LimitedRoute {
    return route === "jaeger" ? sendsToJaeger : route === "loki" || route === "victorialogs";
}

/**
 * Whether items are changed for a backend in a separate pipeline. That copies all items, so it is used only where another
 * backend or a destination gets them unchanged. The debug exporter and the span metrics may see changed ones.
 */
function hasLimitedPipeline(args: PipelineArgs, route: LimitedRoute): boolean {
    const others: readonly Routes[Signal][number][] = args.routes[LIMITED_SIGNALS[route]].filter(
        (other) => other !== "debug",
    );
    return others.includes(route) && others.length > 1 && isLimited(args, route);
}

function inlineLimits(args: PipelineArgs, signal: Signal): readonly ProcessorId[] {
    const signalRoutes: readonly Routes[Signal][number][] = args.routes[signal];
    return LIMITED_ROUTES.filter(
        (route) => signalRoutes.includes(route) && isLimited(args, route) && !hasLimitedPipeline(args, route),
    ).map((route) => LIMITS[route]);
}

function limitsInline(args: PipelineArgs, signal: Signal): boolean {
    return signal === "metrics" ? limitsMetrics(args) === "inline" : inlineLimits(args, signal).length > 0;
}

function limitedPipeline(args: PipelineArgs, route: LimitedRoute): Pipeline {
    return {
        receivers: [FORWARD_TO_LIMITS[route]],
        processors: [LIMITS[route]],
        exporters: [...repairCounter(args), exporterId(route, args.queues.volume !== undefined)],
    };
}

const PROMETHEUS_ROUTES = ["scrape", "remote_write", "otlp"] as const satisfies readonly Routes["metrics"][number][];

function isPrometheusRoute(route: Routes[Signal][number]): boolean {
    return PROMETHEUS_ROUTES.some((other) => other === route);
}

/** How metrics are repaired for Prometheus, as traces are truncated for Jaeger. */
function limitsMetrics({ prometheusLimits, routes }: PipelineArgs): "inline" | "separately" | undefined {
    if (prometheusLimits === undefined || !routes.metrics.some(isPrometheusRoute)) {
        return undefined;
    }
    return routes.metrics.includes("destinations") ? "separately" : "inline";
}

function prometheusPipeline(args: PipelineArgs): Pipeline {
    const { queues, routes } = args;
    return {
        receivers: [FORWARD_TO_PROMETHEUS],
        processors: PROMETHEUS_LIMIT_PROCESSORS,
        exporters: [
            ...repairCounter(args),
            ...PROMETHEUS_ROUTES.filter((route) => routes.metrics.includes(route)).map((route) =>
                exporterId(route, queues.volume !== undefined),
            ),
        ],
    };
}

/** Among the exporters of each pipeline that repairs items. It changes nothing, so the data is not copied. */
function repairCounter({ countsRepairs }: PipelineArgs): readonly ConnectorId[] {
    return countsRepairs ? [COUNT_REPAIRS] : [];
}

function repairsPipeline({ pushProtocol, queues }: PipelineArgs): Pipeline {
    return {
        receivers: [COUNT_REPAIRS],
        processors: REPAIR_PROCESSORS,
        exporters: [exporterId(pushProtocol, queues.volume !== undefined)],
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
        processors: [IDENTIFY_SPAN_METRICS, ...SPAN_SERIES_LIMIT_PROCESSORS],
        exporters: [exporterId(pushProtocol, queues.volume !== undefined)],
    };
}

/** Whether metrics without a service name are distinguished by resource attributes. */
function addsResourceLabels({ labelsByResource = false, routes }: PipelineArgs): boolean {
    return labelsByResource && routes.metrics.length > 0;
}

export function renderPipelineConnectors(pipelines: Pipelines): Connectors {
    return {
        ...(isInPipelines(pipelines, FORWARD_TO_DEBUG) ? { [FORWARD_TO_DEBUG]: {} } : {}),
        ...(isInPipelines(pipelines, FORWARD_TO_DESTINATIONS) ? { [FORWARD_TO_DESTINATIONS]: {} } : {}),
        ...Object.fromEntries(
            Object.values(FORWARD_TO_LIMITS)
                .filter((id) => isInPipelines(pipelines, id))
                .map((id) => [id, {}]),
        ),
        ...(isInPipelines(pipelines, FORWARD_TO_PROMETHEUS) ? { [FORWARD_TO_PROMETHEUS]: {} } : {}),
        ...(isInPipelines(pipelines, FORWARD_TO_SAMPLING) ? { [FORWARD_TO_SAMPLING]: {} } : {}),
        ...(isInPipelines(pipelines, COUNT_REPAIRS) ? { [COUNT_REPAIRS]: renderCountRepairs() } : {}),
    };
}

/** Whether a pipeline has the connector as its receiver, or the processor. */
export function isInPipelines(pipelines: Pipelines, id: ConnectorId | ProcessorId): boolean {
    return Object.values(pipelines).some((pipeline) =>
        [...(pipeline?.receivers ?? []), ...(pipeline?.processors ?? [])].some((other) => other === id),
    );
}
