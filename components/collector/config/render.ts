import type { QueuePlan } from "../../../config/model/durability";
import type { LogLimits } from "../../../config/model/log-stores";
import type { SeriesLimits } from "../../../config/model/series-limit";
import type { MetricsPushProtocol, Routes } from "../../../config/model/routes";
import type {
    CollectorSettings,
    SecureOtlpSettings,
    RedactionSettings,
    SpanMetricsSettings,
    TailSamplingSettings,
} from "../../../config/schema/schema";
import { bindAll } from "../../kubernetes/endpoint";
import { type BackendEndpoints, type BackendRoute, renderExporters } from "./exporters";
import { type DestinationWithSecrets, renderDestinationExporters } from "./destination-exporters";
import { validateGraph } from "./validate-graph";
import { authenticatorIds, renderAuthExtensions } from "./secure-listener";
import { renderInternalTelemetry } from "./internal-telemetry";
import { type PodAttributes, renderPodProcessors } from "./k8s-attributes";
import { renderMemoryLimiter } from "./memory-limiter";
import { renderPipelineConnectors, addsResourceLabels, renderProcessors, renderPipelines } from "./pipelines";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE, renderQueueStorage } from "./queue-storage";
import type { PrometheusLimitArgs } from "./prometheus-limits";
import { renderReceivers } from "./receivers";
import { IDENTIFY_SPAN_METRICS, renderSpanMetricsConnectors, renderSpanMetricsIdentity } from "./span-metrics";
import type { CollectorConfig } from "./types/collector-config";
import { ADD_RESOURCE_LABELS, renderResourceLabels } from "./resource-labels";

export interface CollectorConfigArgs extends Omit<CollectorSettings, "autoscaling" | "queue" | "replicas"> {
    /** Redaction rules. Undefined redacts nothing. */
    readonly redaction?: RedactionSettings | undefined;
    /** Tail sampling policies. Undefined keeps all traces. */
    readonly tailSampling?: TailSamplingSettings | undefined;
    /** Whether this tier sends traces to the Jaeger of the stack. */
    readonly sendsToJaeger: boolean;
    /** What the log stores accept. */
    readonly logLimits: LogLimits;
    /** How metrics are repaired for Prometheus. Undefined if this tier sends it none. */
    readonly prometheusLimits?: PrometheusLimitArgs | undefined;
    /** How many series go to Prometheus. */
    readonly seriesLimits: SeriesLimits;
    /** Whether Prometheus stores the number of repaired items. */
    readonly countsRepairs: boolean;
    readonly routes: Routes;
    /** The only route of span metrics. With two routes, sums of rates would count everything twice. */
    readonly pushProtocol: MetricsPushProtocol;
    readonly queues: QueuePlan;
    readonly backends: BackendEndpoints;
    /** External destinations. */
    readonly destinations?: readonly DestinationWithSecrets[];
    /** The secure OTLP listener. Undefined creates no such listener. */
    readonly secureOtlp?: SecureOtlpSettings | undefined;
    /** Span metrics settings. Undefined creates no span metrics. */
    readonly spanMetrics?: SpanMetricsSettings | undefined;
    /** How the Collector finds the pod of telemetry. Undefined adds no pod attributes. */
    readonly podAttributes?: PodAttributes | undefined;
    /** Whether to accept metrics without a service name, such as those of pods and nodes. */
    readonly labelsByResource?: boolean;
    /** `traces` for the trace tier, which receives complete traces. Undefined for the ingest tier or the only tier. */
    readonly tier?: "traces";
}

/**
 * Disables log sampling. The sampler deduplicates entries by a short hash, so it could drop dumps of the debug exporter
 * as duplicates of its summary lines.
 */
const NO_LOG_SAMPLING = { sampling: { enabled: false } } as const;

/**
 * Renders the Collector's configuration file. Pure, so tests can call it without Pulumi.
 *
 * A signal without a destination has no pipeline, so its clients get an error instead of losing data without notice.
 */
export function renderCollectorConfig(args: CollectorConfigArgs): CollectorConfig {
    const { destinations = [], secureOtlp, queues, spanMetrics } = args;
    const pipelines = renderPipelines(args);
    const routes = usedRoutes(args, pipelines);
    const config: CollectorConfig = {
        extensions: {
            health_check: { endpoint: bindAll(COLLECTOR_PORTS.health) },
            ...(secureOtlp ? renderAuthExtensions(secureOtlp) : {}),
            ...(queues.volume ? { [QUEUE_STORAGE]: renderQueueStorage(queues.volume) } : {}),
        },
        receivers: renderReceivers(args),
        processors: {
            memory_limiter: renderMemoryLimiter(args.resources),
            ...(args.podAttributes ? renderPodProcessors(args.podAttributes) : {}),
            ...(addsResourceLabels(args) ? { [ADD_RESOURCE_LABELS]: renderResourceLabels() } : {}),
            ...(spanMetrics ? { [IDENTIFY_SPAN_METRICS]: renderSpanMetricsIdentity(args.tier) } : {}),
            ...renderProcessors(pipelines, args),
        },
        exporters: {
            ...renderExporters(routes, args, args.backends),
            ...renderDestinationExporters(destinations, args),
        },
        connectors: {
            ...(spanMetrics ? renderSpanMetricsConnectors(spanMetrics) : {}),
            ...renderPipelineConnectors(pipelines),
        },
        service: {
            extensions: [
                "health_check",
                ...(secureOtlp ? authenticatorIds(secureOtlp) : []),
                ...(queues.volume ? ([QUEUE_STORAGE] as const) : []),
            ],
            telemetry: {
                ...(routes.has("debug") ? { logs: NO_LOG_SAMPLING } : {}),
                metrics: renderInternalTelemetry({
                    azureMonitor: destinations.some(({ kind }) => kind === "azure_monitor"),
                }),
            },
            pipelines,
        },
    };
    validateGraph(config);
    return config;
}

function usedRoutes(
    args: CollectorConfigArgs,
    pipelines: CollectorConfig["service"]["pipelines"],
): ReadonlySet<BackendRoute> {
    const { pushProtocol, spanMetrics } = args;
    const { traces, metrics, logs } = args.routes;
    const used = [...traces, ...metrics, ...logs].filter((route) => route !== "destinations");
    return new Set<BackendRoute>([...used, ...(spanMetrics || pipelines["metrics/repairs"] ? [pushProtocol] : [])]);
}
