import { maxQueueItemSize, usesPersistentQueues } from "../model/durability";
import { LOG_STORES, LOG_STORE_KEYS, type LogStore } from "../model/log-stores";
import { findSpanMetricsBlocker, resolveRoutes } from "../model/routes";
import { SIGNALS, type Signal } from "../types/signal";
import { SYSTEM_NAMESPACES, type Rule, minimumSize, describeDuplicate } from "./rule";
import { clusterTelemetryRules } from "./cluster-telemetry";
import { destinationRules } from "./destinations";
import { durabilityRules } from "./durability";
import { secureOtlpRules } from "./secure-otlp";
import { networkPolicyRules } from "./network-policies";
import { exposeRules } from "./expose";
import { autoscalingRules } from "./autoscaling";
import { traceTierRules } from "./trace-tier";
import { forEachTier } from "./per-tier";
import { processingRules } from "./processing";
import {
    MIN_COLLECTOR_MEMORY,
    MIN_JAEGER_MEMORY,
    MIN_LOKI_MEMORY,
    MIN_VICTORIA_LOGS_MEMORY,
    collectorMemoryLimits,
    maxTracesInMemory,
} from "../model/memory";
import { MIB, parseBytes, parseCores, parseSeconds } from "../types/units";

type Workload =
    | "shop"
    | "clusterTelemetry"
    | "collector"
    | "grafana"
    | "jaeger"
    | LogStore
    | "prometheus"
    | "telemetrygen"
    | "traceTier";
const WORKLOADS: readonly Workload[] = [
    "shop",
    "clusterTelemetry",
    "collector",
    "grafana",
    "jaeger",
    ...LOG_STORES,
    "prometheus",
    "telemetrygen",
    "traceTier",
];

/** A gRPC receiver refuses a larger request for good: Jaeger's is at its default. */
const MAX_JAEGER_REQUEST = "4Mi";
const MIN_PROMETHEUS_MEMORY = "128Mi";
/** 95 MB measured at ten requests a second. */
const MIN_SHOP_MEMORY = "128Mi";
/** The server, and a process for each kind of data source. */
const MIN_GRAFANA_MEMORY = "256Mi";
/** A write-ahead log of some segments of 128 MiB, and blocks. */
const MIN_VOLUME_SIZE = "512Mi";

function requestWithinLimit(workload: Workload): Rule[] {
    return (["cpu", "memory"] as const).map((resource) => {
        const parseAmount = resource === "cpu" ? parseCores : parseBytes;
        return {
            key: `${workload}.resources.requests.${resource}`,
            check: (settings) => {
                const { requests, limits } = settings[workload].resources;
                return parseAmount(requests[resource]) > parseAmount(limits[resource])
                    ? `expected at most the limit, ${limits[resource]} (${workload}.resources.limits.${resource})`
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
    minimumSize("loki.resources.limits.memory", ({ loki }) => loki.resources.limits.memory, MIN_LOKI_MEMORY),
    minimumSize("loki.volumeSize", ({ loki }) => loki.volumeSize, MIN_VOLUME_SIZE),
    {
        key: "loki.ingestion.burstMB",
        check: ({ loki, collector: { batch } }) =>
            loki.ingestion.burstMB * MIB < parseBytes(batch.maxSize)
                ? `expected at least one batch, ${batch.maxSize} (collector.batch.maxSize): it would be refused again and again`
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
                ? `expected at least one batch, ${batch.maxSize} (collector.batch.maxSize): VictoriaLogs refuses a larger one for good`
                : undefined,
    },
    {
        key: "victoriaLogs.flushInterval",
        check: ({ victoriaLogs }) =>
            Number.isInteger(parseSeconds(victoriaLogs.flushInterval))
                ? undefined
                : "expected whole seconds, such as 5s",
    },
    minimumSize("prometheus.volumeSize", ({ prometheus }) => prometheus.volumeSize, MIN_VOLUME_SIZE),
    {
        key: "jaeger.maxTraces",
        check: ({ jaeger }) => {
            const fit = maxTracesInMemory(jaeger.resources.limits.memory);
            return !jaeger.persistence.enabled && jaeger.maxTraces > fit
                ? `expected at most ${fit}, what ${jaeger.resources.limits.memory} holds (jaeger.resources.limits.memory)`
                : undefined;
        },
    },
    {
        key: "collector.batch.minSize",
        check: ({ collector: { batch } }) =>
            parseBytes(batch.minSize) > parseBytes(batch.maxSize)
                ? `expected at most ${batch.maxSize} (collector.batch.maxSize)`
                : undefined,
    },
    {
        key: "collector.batch.maxSize",
        check: ({ collector: { batch } }) =>
            parseBytes(batch.maxSize) > parseBytes(MAX_JAEGER_REQUEST)
                ? `expected at most ${MAX_JAEGER_REQUEST}: Jaeger refuses a larger batch for good`
                : undefined,
    },
    {
        key: "collector.queue.size",
        check: ({ collector }) =>
            collector.queue.size !== undefined &&
            parseBytes(collector.queue.size) < parseBytes(maxQueueItemSize(collector))
                ? `expected at least ${maxQueueItemSize(collector)}, the largest request or batch (collector.receiver.maxRequestSize, collector.batch.maxSize): what a queue can never hold is sent again without an end`
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
                : "expected a whole number of MiB, such as 4Mi",
    },
    ...forEachTier({
        key: "collector.receiver.maxRequestSize",
        check: ({ receiver, resources }) => describeMemoryExcess(receiver.maxRequestSize, 4, resources.limits.memory),
    }),
    {
        key: "collector.prometheusExporter.metricExpiration",
        check: ({ collector, prometheus }) =>
            parseSeconds(collector.prometheusExporter.metricExpiration) < parseSeconds(prometheus.scrapeInterval)
                ? `expected at least ${prometheus.scrapeInterval} (prometheus.scrapeInterval), or series end between two scrapes`
                : undefined,
    },
];

function describeMemoryExcess(size: string, divisor: number, memoryLimit: string): string | undefined {
    const mostMiB = Math.floor(collectorMemoryLimits(memoryLimit).limitMiB / divisor);
    return parseBytes(size) > mostMiB * MIB
        ? `expected at most ${mostMiB}Mi, a ${divisor === 2 ? "half" : "quarter"} of what the memory limiter allows with ` +
              `${memoryLimit} (collector.resources.limits.memory)`
        : undefined;
}

const BACKEND_SWITCHES: Readonly<Record<Signal, string>> = {
    traces: "jaeger.enabled or collector.debugExporter.enabled",
    metrics: "prometheus.enabled, collector.prometheusExporter.enabled or collector.debugExporter.enabled",
    logs: `${LOG_STORE_KEYS.join(", ")} or collector.debugExporter.enabled`,
};

const routeRules: readonly Rule[] = [
    {
        key: "collector.remoteWrite.enabled",
        check: ({ collector, prometheus }) =>
            collector.remoteWrite.enabled === true && !prometheus.enabled
                ? "expected false, or true for prometheus.enabled: nothing takes the remote write"
                : undefined,
    },
    {
        key: "collector.debugExporter.enabled",
        check: (settings) =>
            SIGNALS.every((signal) => resolveRoutes(settings)[signal].length === 0)
                ? "expected true, or a backend that is on: the Collector has nowhere to send anything"
                : undefined,
    },
    {
        key: "spanMetrics.enabled",
        check: (settings) => {
            const lack = findSpanMetricsBlocker(settings);
            return settings.spanMetrics.enabled === true && lack !== undefined
                ? `expected false, or ${lack}`
                : undefined;
        },
    },
    ...SIGNALS.map((signal): Rule => ({
        key: `telemetrygen.${signal}.enabled`,
        check: (settings) =>
            settings.telemetrygen.enabled &&
            settings.telemetrygen[signal].enabled === true &&
            resolveRoutes(settings)[signal].length === 0
                ? `expected false, or true for ${BACKEND_SWITCHES[signal]}: ${signal} have no destination`
                : undefined,
    })),
];

const generalRules: readonly Rule[] = [
    {
        key: "images.shop",
        check: ({ shop, images }) =>
            shop.enabled && images.shop === undefined
                ? "expected the image of the shop with shop.enabled true: build and push one, `docker build -t REGISTRY/shop:1.0.0 shop`, and name it here"
                : undefined,
    },
    {
        key: "namespace.create",
        check: ({ namespace }) =>
            namespace.create && SYSTEM_NAMESPACES.includes(namespace.name)
                ? `expected false with the cluster's own Namespace ${namespace.name}: destroy would delete it`
                : undefined,
    },
    {
        key: "namespace.podSecurity",
        check: ({ namespace }, given) =>
            !namespace.create && given("namespace.podSecurity")
                ? "expected to be left out with namespace.create false: a Namespace that exists keeps its labels"
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
    ...clusterTelemetryRules,
    ...networkPolicyRules,
    ...exposeRules,
    ...autoscalingRules,
    ...traceTierRules,
    ...destinationRules,
    ...processingRules,
];
