import type { CollectorSettings, SpanMetricsSettings } from "../../../config/schema/schema";
import { bindAll } from "../../kubernetes/endpoint";
import { type BackendEndpoints, type BackendRoute, renderExporters } from "./exporters";
import { renderDestinationExporters } from "./destination-exporters";
import { validateGraph } from "./validate-graph";
import { authenticatorIds, renderAuthExtensions } from "./secure-listener";
import { renderInternalTelemetry } from "./internal-telemetry";
import { type PipelineArgs, type Pipelines, renderPipelineConnectors, renderPipelines } from "./pipelines";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE, renderQueueStorage } from "./queue-storage";
import { type ProcessorArgs, renderProcessors } from "./processors";
import { renderReceivers } from "./receivers";
import { renderSpanMetricsConnectors } from "./span-metrics";
import type { CollectorConfig } from "./types/collector-config";

export interface CollectorConfigArgs
    extends Omit<CollectorSettings, "autoscaling" | "queue" | "replicas">, PipelineArgs, ProcessorArgs {
    readonly backends: BackendEndpoints;
    /** Span metrics settings. Undefined creates no span metrics. */
    readonly spanMetrics?: SpanMetricsSettings | undefined;
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
        processors: renderProcessors(pipelines, args),
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

function usedRoutes(args: CollectorConfigArgs, pipelines: Pipelines): ReadonlySet<BackendRoute> {
    const { pushProtocol, spanMetrics } = args;
    const { traces, metrics, logs } = args.routes;
    const used = [...traces, ...metrics, ...logs].filter((route) => route !== "destinations");
    return new Set<BackendRoute>([...used, ...(spanMetrics || pipelines["metrics/repairs"] ? [pushProtocol] : [])]);
}
