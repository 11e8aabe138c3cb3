import { maxQueueItemSize, usesPersistentQueues } from "../model/durability";
import { LOG_STORE_KEYS } from "../model/log-stores";
import { findSpanMetricsBlocker, resolveRoutes } from "../model/routes";
import { type Workload, WORKLOADS } from "../schema/workloads";
import { SIGNALS, type Signal } from "../types/signal";
import { SYSTEM_NAMESPACES, type Rule, minimumSize, describeDuplicate } from "./rule";
import { alertmanagerRules } from "./alertmanager";
import { applicationEnvRules } from "./application-env";
import { clusterTelemetryRules } from "./cluster-telemetry";
import { destinationRules } from "./destinations";
import { durabilityRules } from "./durability";
import { secureOtlpRules } from "./secure-otlp";
import { imageRules } from "./images";
import { noEffectRules } from "./no-effect";
import { exposeRules } from "./expose";
import { autoscalingRules } from "./autoscaling";
import { traceTierRules } from "./trace-tier";
import { forEachTier } from "./per-tier";
import { processingRules } from "./processing";
import { sampleIntervalRules } from "./sample-intervals";
import { serviceRules } from "./services";
import {
    MIN_COLLECTOR_MEMORY,
    MIN_JAEGER_MEMORY,
    MIN_LOKI_MEMORY,
    MIN_VICTORIA_LOGS_MEMORY,
    collectorMemoryLimits,
} from "../model/memory";
import { resolveMaxSeries } from "../model/series-limit";
import { MIB, parseBytes, parseCores, parseSeconds } from "../types/units";

/** The default limit of a gRPC receiver, which Jaeger uses. It permanently rejects larger requests. */
const MAX_JAEGER_REQUEST = "4Mi";
const MIN_PROMETHEUS_MEMORY = "128Mi";
/** Alertmanager uses 40 MB when idle. */
const MIN_ALERTMANAGER_MEMORY = "64Mi";
/** Measured: 95 MB at ten requests per second. */
const MIN_SHOP_MEMORY = "128Mi";
/** For the server and one process per type of data source. */
const MIN_GRAFANA_MEMORY = "256Mi";
/** For a write-ahead log of several segments of 128 MiB, and for blocks. */
const MIN_VOLUME_SIZE = "512Mi";

function requestWithinLimit(workload: Workload): Rule[] {
    return (["cpu", "memory"] as const).map((resource) => {
        const parseAmount = resource === "cpu" ? parseCores : parseBytes;
        return {
            key: `${workload}.resources.requests.${resource}`,
            check: (settings) => {
                const { requests, limits } = settings[workload].resources;
                return parseAmount(requests[resource]) > parseAmount(limits[resource])
                    ? `must be at most ${limits[resource]} (${workload}.resources.limits.${resource})`
                    : undefined;
            },
        };
    });
}

const sizeRules: readonly Rule[] = [
    ...WORKLOADS.flatMap(requestWithinLimit),
    minimumSize("shop.resources.limits.memory", ({ shop }) => shop.resources.limits.memory, MIN_SHOP_MEMORY),
    minimumSize(
        "collector.resources.limits.memory",
        ({ collector }) => collector.resources.limits.memory,
        MIN_COLLECTOR_MEMORY,
    ),
    minimumSize(
        "grafana.resources.limits.memory",
        ({ grafana }) => grafana.resources.limits.memory,
        MIN_GRAFANA_MEMORY,
    ),
    minimumSize("jaeger.resources.limits.memory", ({ jaeger }) => jaeger.resources.limits.memory, MIN_JAEGER_MEMORY),
    minimumSize(
        "prometheus.resources.limits.memory",
        ({ prometheus }) => prometheus.resources.limits.memory,
        MIN_PROMETHEUS_MEMORY,
    ),
    minimumSize(
        "alertmanager.resources.limits.memory",
        ({ alertmanager }) => alertmanager.resources.limits.memory,
        MIN_ALERTMANAGER_MEMORY,
    ),
    minimumSize("loki.resources.limits.memory", ({ loki }) => loki.resources.limits.memory, MIN_LOKI_MEMORY),
    {
        key: "collector.maxSeriesPerService",
        check: (settings) => {
            const { maxSeriesPerService: series } = settings.collector;
            const fit = resolveMaxSeries(settings);
            return series !== undefined && series > fit
                ? `must be at most ${fit}, the series of all services that fit the memory of Prometheus and of the Collector; raise prometheus.resources.limits.memory or collector.resources.limits.memory`
                : undefined;
        },
    },
    minimumSize("loki.volumeSize", ({ loki }) => loki.volumeSize, MIN_VOLUME_SIZE),
    {
        key: "loki.ingestion.burstMB",
        check: ({ loki, collector: { batch } }) =>
            loki.ingestion.burstMB * MIB < parseBytes(batch.maxSize)
                ? `must be at least ${parseBytes(batch.maxSize) / MIB} (collector.batch.maxSize ${batch.maxSize}); Loki would reject a full batch at each retry`
                : undefined,
    },
    minimumSize(
        "victoriaLogs.resources.limits.memory",
        ({ victoriaLogs }) => victoriaLogs.resources.limits.memory,
        MIN_VICTORIA_LOGS_MEMORY,
    ),
    minimumSize("victoriaLogs.volumeSize", ({ victoriaLogs }) => victoriaLogs.volumeSize, MIN_VOLUME_SIZE),
    {
        key: "victoriaLogs.ingestion.maxRequestSize",
        check: ({ victoriaLogs, collector: { batch } }) =>
            parseBytes(victoriaLogs.ingestion.maxRequestSize) < parseBytes(batch.maxSize)
                ? `must be at least ${batch.maxSize} (collector.batch.maxSize); VictoriaLogs permanently rejects larger requests`
                : undefined,
    },
    {
        key: "victoriaLogs.flushInterval",
        check: ({ victoriaLogs }) =>
            Number.isInteger(parseSeconds(victoriaLogs.flushInterval))
                ? undefined
                : "must be a whole number of seconds, such as 5s",
    },
    minimumSize("prometheus.volumeSize", ({ prometheus }) => prometheus.volumeSize, MIN_VOLUME_SIZE),
    {
        key: "collector.batch.minSize",
        check: ({ collector: { batch } }) =>
            parseBytes(batch.minSize) > parseBytes(batch.maxSize)
                ? `must be at most ${batch.maxSize} (collector.batch.maxSize)`
                : undefined,
    },
    {
        key: "collector.batch.maxSize",
        check: ({ collector: { batch } }) =>
            parseBytes(batch.maxSize) > parseBytes(MAX_JAEGER_REQUEST)
                ? `must be at most ${MAX_JAEGER_REQUEST}; Jaeger permanently rejects larger requests`
                : undefined,
    },
    {
        key: "collector.queue.size",
        check: ({ collector }) =>
            collector.queue.size !== undefined &&
            parseBytes(collector.queue.size) < parseBytes(maxQueueItemSize(collector))
                ? `must be at least ${maxQueueItemSize(collector)} (the largest request or batch: collector.receiver.maxRequestSize, collector.batch.maxSize); a larger item could never be queued and would be retried forever`
                : undefined,
    },
    ...forEachTier({
        key: "collector.queue.size",
        check: ({ durability, queue, resources }) =>
            queue.size === undefined || usesPersistentQueues({ durability })
                ? undefined
                : describeMemoryExcess(queue.size, 2, resources.limits.memory),
    }),
    {
        key: "collector.receiver.maxRequestSize",
        check: ({ collector }) =>
            parseBytes(collector.receiver.maxRequestSize) % MIB === 0
                ? undefined
                : "must be a multiple of 1Mi, such as 4Mi",
    },
    ...forEachTier({
        key: "collector.receiver.maxRequestSize",
        check: ({ receiver, resources }) => describeMemoryExcess(receiver.maxRequestSize, 4, resources.limits.memory),
    }),
    {
        key: "collector.prometheusExporter.metricExpiration",
        check: ({ collector, prometheus }) =>
            parseSeconds(collector.prometheusExporter.metricExpiration) < parseSeconds(prometheus.scrapeInterval)
                ? `must be at least ${prometheus.scrapeInterval} (prometheus.scrapeInterval); otherwise series expire between two scrapes`
                : undefined,
    },
];

function describeMemoryExcess(size: string, divisor: number, memoryLimit: string): string | undefined {
    const mostMiB = Math.floor(collectorMemoryLimits(memoryLimit).limitMiB / divisor);
    return parseBytes(size) > mostMiB * MIB
        ? `must be at most ${mostMiB}Mi (${divisor === 2 ? "half" : "a quarter"} of the memory that the memory limiter allows with ` +
              `collector.resources.limits.memory ${memoryLimit})`
        : undefined;
}

const BACKEND_SWITCHES: Readonly<Record<Signal, string>> = {
    traces: "jaeger.enabled or collector.debugExporter.enabled",
    metrics: "prometheus.enabled, collector.prometheusExporter.enabled or collector.debugExporter.enabled",
    logs: `${LOG_STORE_KEYS.join(", ")} or collector.debugExporter.enabled`,
};

const routeRules: readonly Rule[] = [
    {
        key: "collector.debugExporter.enabled",
        check: (settings) =>
            SIGNALS.every((signal) => resolveRoutes(settings)[signal].length === 0)
                ? "must be true because no backend or destination is enabled; a Collector needs at least one exporter"
                : undefined,
    },
    {
        key: "spanMetrics.enabled",
        check: (settings) => {
            const blocker = findSpanMetricsBlocker(settings);
            return settings.spanMetrics.enabled === true ? blocker : undefined;
        },
    },
    ...SIGNALS.map((signal): Rule => ({
        key: `telemetrygen.${signal}.enabled`,
        check: (settings) =>
            settings.telemetrygen.enabled &&
            settings.telemetrygen[signal].enabled === true &&
            resolveRoutes(settings)[signal].length === 0
                ? `must be false because ${signal} have no destination; to send them, set ${BACKEND_SWITCHES[signal]} to true`
                : undefined,
    })),
];

const generalRules: readonly Rule[] = [
    {
        key: "namespace.create",
        check: ({ namespace }) =>
            namespace.create && SYSTEM_NAMESPACES.includes(namespace.name)
                ? `must be false for ${namespace.name}, a Namespace of the cluster; destroy would delete it`
                : undefined,
    },
    {
        key: "localPorts",
        check: ({ localPorts }) => describeDuplicate("port", Object.entries(localPorts)),
    },
];

export const RULES: readonly Rule[] = [
    ...sizeRules,
    ...routeRules,
    ...durabilityRules,
    ...secureOtlpRules,
    ...generalRules,
    ...imageRules,
    ...applicationEnvRules,
    ...clusterTelemetryRules,
    ...exposeRules,
    ...autoscalingRules,
    ...traceTierRules,
    ...destinationRules,
    ...alertmanagerRules,
    ...processingRules,
    ...sampleIntervalRules,
    ...serviceRules,
    ...noEffectRules,
];
