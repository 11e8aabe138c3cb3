import type { Queues } from "../../config/durability";
import { type PushRoute, type Routes, SIGNALS, type Signal } from "../../config/routes";
import type { CollectorSettings, GuardSettings, SpanMetricsSettings } from "../../config/schema";
import { everywhere } from "../shared/endpoint";
import { type Backends, type Route, exporterOf, exportersOf } from "./destinations";
import { assertComplete } from "./graph";
import { authenticatorsOf, guardExtensions } from "./guard";
import { ownTelemetry } from "./own-telemetry";
import { K8S_ATTRIBUTES, type PodAttributes, k8sAttributes } from "./k8s-attributes";
import { memoryLimiter } from "./memory-limiter";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE, queueStorage } from "./queue-storage";
import { receiverIds, receiversOf } from "./receivers";
import { LABEL_UNNAMED, labelUnnamed } from "./unnamed";
import { CONNECTORS, SERVICE_ALONE, connectorsOf, serviceAlone } from "./span-metrics";
import type { CollectorConfig, Pipeline } from "./types";

export interface CollectorConfigArgs extends Omit<CollectorSettings, "queue" | "replicas"> {
    readonly routes: Routes;
    /** Metrics made from spans go by this route alone: by two, every rate that sums them up would double. */
    readonly pushRoute: PushRoute;
    readonly queues: Queues;
    readonly backends: Backends;
    /** How senders outside the Namespace are let in; left out, they are not. */
    readonly guard?: GuardSettings;
    /** How metrics are made from spans; left out, none are. */
    readonly spanMetrics?: SpanMetricsSettings;
    /** Whether telemetry is told of which pod it is; left out, it is not. */
    readonly podAttributes?: PodAttributes;
    /** Whether metrics of what is no service are taken, as those of pods and nodes are. */
    readonly labelsUnnamed?: boolean;
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
    const { guard, queues, routes, spanMetrics } = args;
    const config: CollectorConfig = {
        extensions: {
            health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) },
            ...(guard ? guardExtensions(guard) : {}),
            ...(queues.volume ? { [QUEUE_STORAGE]: queueStorage(queues.volume) } : {}),
        },
        receivers: receiversOf(args),
        processors: {
            memory_limiter: memoryLimiter(args.resources),
            ...(args.podAttributes ? { [K8S_ATTRIBUTES]: k8sAttributes(args.podAttributes) } : {}),
            ...(labelsMetrics(args) ? { [LABEL_UNNAMED]: labelUnnamed() } : {}),
            ...(spanMetrics ? { [SERVICE_ALONE]: serviceAlone() } : {}),
        },
        exporters: exportersOf(usedRoutes(args), args, args.backends),
        connectors: spanMetrics ? connectorsOf(spanMetrics) : {},
        service: {
            extensions: [
                "health_check",
                ...(guard ? authenticatorsOf(guard) : []),
                ...(queues.volume ? ([QUEUE_STORAGE] as const) : []),
            ],
            telemetry: { ...(args.debug.enabled ? { logs: EVERYTHING } : {}), metrics: ownTelemetry() },
            pipelines: {
                ...Object.fromEntries(
                    SIGNALS.filter((signal) => routes[signal].length > 0).map((signal) => [
                        signal,
                        pipeline(args, signal),
                    ]),
                ),
                ...(spanMetrics ? { "metrics/spans": spanMetricsPipeline(args) } : {}),
            },
        },
    };
    assertComplete(config);
    return config;
}

function usedRoutes({ pushRoute, routes, spanMetrics }: CollectorConfigArgs): ReadonlySet<Route> {
    const { traces, metrics, logs } = routes;
    return new Set<Route>([...traces, ...metrics, ...logs, ...(spanMetrics ? [pushRoute] : [])]);
}

// First, so that it refuses data before anything else has taken memory for it.
const PROCESSORS = ["memory_limiter"] as const;

function pipeline(args: CollectorConfigArgs, signal: Signal): Pipeline {
    const { queues, routes, spanMetrics } = args;
    return {
        receivers: receiverIds(args),
        processors: processorsOf(args, signal),
        exporters: [
            ...routes[signal].map((route) => exporterOf(route, queues.volume !== undefined)),
            ...(signal === "traces" && spanMetrics ? CONNECTORS : []),
        ],
    };
}

function processorsOf(args: CollectorConfigArgs, signal: Signal): Pipeline["processors"] {
    return [
        ...PROCESSORS,
        ...(args.podAttributes ? ([K8S_ATTRIBUTES] as const) : []),
        // After it: what it adds becomes labels too.
        ...(signal === "metrics" && labelsMetrics(args) ? ([LABEL_UNNAMED] as const) : []),
    ];
}

function labelsMetrics({ labelsUnnamed = false, routes }: CollectorConfigArgs): boolean {
    return labelsUnnamed && routes.metrics.length > 0;
}

function spanMetricsPipeline({ pushRoute, queues }: CollectorConfigArgs): Pipeline {
    return {
        receivers: CONNECTORS,
        processors: [...PROCESSORS, SERVICE_ALONE],
        exporters: [exporterOf(pushRoute, queues.volume !== undefined)],
    };
}
