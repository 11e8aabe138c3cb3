import type { Queues } from "../../config/durability";
import type { PushRoute, Routes } from "../../config/routes";
import type {
    CollectorSettings,
    GuardSettings,
    RedactionSettings,
    SpanMetricsSettings,
    TailSamplingSettings,
} from "../../config/schema";
import { everywhere } from "../shared/endpoint";
import { type Backends, type Route, exportersOf } from "./destinations";
import { type SealedDestination, furtherExporters } from "./further";
import { assertComplete } from "./graph";
import { authenticatorsOf, guardExtensions } from "./guard";
import { ownTelemetry } from "./own-telemetry";
import { type PodAttributes, podProcessors } from "./k8s-attributes";
import { memoryLimiter } from "./memory-limiter";
import { betweenPipelines, labelsMetrics, processorsOf, pipelinesOf } from "./pipelines";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE, queueStorage } from "./queue-storage";
import { receiversOf } from "./receivers";
import { SERVICE_ALONE, connectorsOf, serviceAlone } from "./span-metrics";
import type { CollectorConfig } from "./types";
import { LABEL_UNNAMED, labelUnnamed } from "./unnamed";

export interface CollectorConfigArgs extends Omit<CollectorSettings, "autoscaling" | "queue" | "replicas"> {
    /** What is masked on the way; left out, nothing is. */
    readonly redaction?: RedactionSettings;
    /** Which traces are kept; left out, all are. */
    readonly tailSampling?: TailSamplingSettings;
    readonly routes: Routes;
    /** Metrics made from spans go by this route alone: by two, every rate that sums them up would double. */
    readonly pushRoute: PushRoute;
    readonly queues: Queues;
    readonly backends: Backends;
    /** Where telemetry goes beside them. */
    readonly destinations?: readonly SealedDestination[];
    /** How senders outside the Namespace are let in; left out, they are not. */
    readonly guard?: GuardSettings;
    /** How metrics are made from spans; left out, none are. */
    readonly spanMetrics?: SpanMetricsSettings;
    /** Whether telemetry is told of which pod it is; left out, it is not. */
    readonly podAttributes?: PodAttributes;
    /** Whether metrics of what is no service are taken, as those of pods and nodes are. */
    readonly labelsUnnamed?: boolean;
    /** Of the second tier, which sees whole traces; left out, of the first or only one. */
    readonly tier?: "traces";
}

/**
 * By default the Collector's log leaves out most of what it takes for repetitions, and takes by a short hash: a dump of
 * the debug exporter that is like its line of counts, of which there are many, would be gone.
 */
const EVERYTHING = { sampling: { enabled: false } } as const;

/**
 * The Collector's configuration file. Pure, so that a test can read it without Pulumi.
 *
 * A signal without a destination has no pipeline: its clients are told, instead of losing what they send.
 */
export function collectorConfig(args: CollectorConfigArgs): CollectorConfig {
    const { destinations = [], guard, queues, spanMetrics } = args;
    const pipelines = pipelinesOf(args);
    const config: CollectorConfig = {
        extensions: {
            health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) },
            ...(guard ? guardExtensions(guard) : {}),
            ...(queues.volume ? { [QUEUE_STORAGE]: queueStorage(queues.volume) } : {}),
        },
        receivers: receiversOf(args),
        processors: {
            memory_limiter: memoryLimiter(args.resources),
            ...(args.podAttributes ? podProcessors(args.podAttributes) : {}),
            ...(labelsMetrics(args) ? { [LABEL_UNNAMED]: labelUnnamed() } : {}),
            ...(spanMetrics ? { [SERVICE_ALONE]: serviceAlone(args.tier) } : {}),
            ...processorsOf(pipelines, args),
        },
        exporters: {
            ...exportersOf(usedRoutes(args), args, args.backends),
            ...furtherExporters(destinations, args),
        },
        connectors: { ...(spanMetrics ? connectorsOf(spanMetrics) : {}), ...betweenPipelines(pipelines) },
        service: {
            extensions: [
                "health_check",
                ...(guard ? authenticatorsOf(guard) : []),
                ...(queues.volume ? ([QUEUE_STORAGE] as const) : []),
            ],
            telemetry: {
                ...(args.debug.enabled ? { logs: EVERYTHING } : {}),
                metrics: ownTelemetry({ azureMonitor: destinations.some(({ kind }) => kind === "azure_monitor") }),
            },
            pipelines,
        },
    };
    assertComplete(config);
    return config;
}

function usedRoutes({ pushRoute, routes, spanMetrics }: CollectorConfigArgs): ReadonlySet<Route> {
    const { traces, metrics, logs } = routes;
    const used = [...traces, ...metrics, ...logs].filter((route) => route !== "further");
    return new Set<Route>([...used, ...(spanMetrics ? [pushRoute] : [])]);
}
