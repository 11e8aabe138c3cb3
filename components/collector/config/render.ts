import type { QueuePlan } from "../../../config/model/durability";
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
import { renderForwardConnectors, addsResourceLabels, renderProcessors, renderPipelines } from "./pipelines";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE, renderQueueStorage } from "./queue-storage";
import { renderReceivers } from "./receivers";
import { KEEP_SERVICE_NAME, renderSpanMetricsConnectors, keepServiceNameOnly } from "./span-metrics";
import type { CollectorConfig } from "./types/collector-config";
import { ADD_RESOURCE_LABELS, renderResourceLabels } from "./resource-labels";

export interface CollectorConfigArgs extends Omit<CollectorSettings, "autoscaling" | "queue" | "replicas"> {
    /** What is masked on the way; left out, nothing is. */
    readonly redaction?: RedactionSettings | undefined;
    /** Which traces are kept; left out, all are. */
    readonly tailSampling?: TailSamplingSettings | undefined;
    readonly routes: Routes;
    /** Metrics made from spans go by this route alone: by two, every rate that sums them up would double. */
    readonly pushProtocol: MetricsPushProtocol;
    readonly queues: QueuePlan;
    readonly backends: BackendEndpoints;
    /** Where telemetry goes beside them. */
    readonly destinations?: readonly DestinationWithSecrets[];
    /** How senders outside the Namespace are let in; left out, they are not. */
    readonly secureOtlp?: SecureOtlpSettings | undefined;
    /** How metrics are made from spans; left out, none are. */
    readonly spanMetrics?: SpanMetricsSettings | undefined;
    /** Whether telemetry is told of which pod it is; left out, it is not. */
    readonly podAttributes?: PodAttributes | undefined;
    /** Whether metrics of what is no service are taken, as those of pods and nodes are. */
    readonly labelsByResource?: boolean;
    /** Of the second tier, which sees whole traces; left out, of the first or only one. */
    readonly tier?: "traces";
}

/**
 * By default the Collector's log leaves out most of what it takes for repetitions, and takes by a short hash: a dump of
 * the debug exporter that is like its line of counts, of which there are many, would be gone.
 */
const NO_LOG_SAMPLING = { sampling: { enabled: false } } as const;

/**
 * The Collector's configuration file. Pure, so that a test can read it without Pulumi.
 *
 * A signal without a destination has no pipeline: its clients are told, instead of losing what they send.
 */
export function renderCollectorConfig(args: CollectorConfigArgs): CollectorConfig {
    const { destinations = [], secureOtlp, queues, spanMetrics } = args;
    const pipelines = renderPipelines(args);
    const routes = usedRoutes(args);
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
            ...(spanMetrics ? { [KEEP_SERVICE_NAME]: keepServiceNameOnly(args.tier) } : {}),
            ...renderProcessors(pipelines, args),
        },
        exporters: {
            ...renderExporters(routes, args, args.backends),
            ...renderDestinationExporters(destinations, args),
        },
        connectors: {
            ...(spanMetrics ? renderSpanMetricsConnectors(spanMetrics) : {}),
            ...renderForwardConnectors(pipelines),
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

function usedRoutes({ pushProtocol, routes, spanMetrics }: CollectorConfigArgs): ReadonlySet<BackendRoute> {
    const { traces, metrics, logs } = routes;
    const used = [...traces, ...metrics, ...logs].filter((route) => route !== "destinations");
    return new Set<BackendRoute>([...used, ...(spanMetrics ? [pushProtocol] : [])]);
}
