import { largestInQueue, onDisk } from "./durability";
import { LOG_STORES, LOG_STORE_KEYS, type LogStore } from "./log-stores";
import { lacksForSpanMetrics, routesOf } from "./routes";
import { SIGNALS, type Signal } from "./signals";
import { CLUSTER_NAMESPACES, type Rule, atLeast, eachItsOwn } from "./rule";
import { clusterRules } from "./rules-cluster";
import { destinationRules } from "./rules-destinations";
import { durabilityRules } from "./rules-durability";
import { guardRules } from "./rules-guard";
import { network } from "./rules-network";
import { publishRules } from "./rules-publish";
import { scalingRules } from "./rules-scaling";
import { tierRules } from "./rules-tiers";
import { inEachTier } from "./rule-tiers";
import { processingRules } from "./rules-processing";
import {
    COLLECTOR_MINIMUM,
    JAEGER_MINIMUM,
    LOKI_MINIMUM,
    VICTORIA_LOGS_MINIMUM,
    memoryPlan,
    tracesThatFit,
} from "./sizing";
import { MIB, bytesOf, coresOf, secondsOf } from "./units";

type Workload =
    "app" | "cluster" | "collector" | "grafana" | "jaeger" | LogStore | "prometheus" | "telemetrygen" | "traceTier";
const WORKLOADS: readonly Workload[] = [
    "app",
    "cluster",
    "collector",
    "grafana",
    "jaeger",
    ...LOG_STORES,
    "prometheus",
    "telemetrygen",
    "traceTier",
];

/** A gRPC receiver refuses a larger request for good: Jaeger's is at its default. */
const BACKEND_MESSAGE_LIMIT = "4Mi";
const PROMETHEUS_MINIMUM = "128Mi";
/** 95 MB measured at ten requests a second. */
const APP_MINIMUM = "128Mi";
/** The server, and a process for each kind of data source. */
const GRAFANA_MINIMUM = "256Mi";
/** A write-ahead log of some segments of 128 MiB, and blocks. */
const STORAGE_MINIMUM = "512Mi";

function requestWithinLimit(workload: Workload): Rule[] {
    return (["cpu", "memory"] as const).map((what) => {
        const amountOf = what === "cpu" ? coresOf : bytesOf;
        return {
            key: `${workload}.resources.requests.${what}`,
            problem: (settings) => {
                const { requests, limits } = settings[workload].resources;
                return amountOf(requests[what]) > amountOf(limits[what])
                    ? `expected at most the limit, ${limits[what]} (${workload}.resources.limits.${what})`
                    : undefined;
            },
        };
    });
}

const sizes: readonly Rule[] = [
    ...WORKLOADS.flatMap(requestWithinLimit),
    atLeast("app.resources.limits.memory", ({ app }) => app.resources.limits.memory, APP_MINIMUM),
    atLeast(
        "collector.resources.limits.memory",
        ({ collector }) => collector.resources.limits.memory,
        COLLECTOR_MINIMUM,
    ),
    atLeast("grafana.resources.limits.memory", ({ grafana }) => grafana.resources.limits.memory, GRAFANA_MINIMUM),
    atLeast("jaeger.resources.limits.memory", ({ jaeger }) => jaeger.resources.limits.memory, JAEGER_MINIMUM),
    atLeast(
        "prometheus.resources.limits.memory",
        ({ prometheus }) => prometheus.resources.limits.memory,
        PROMETHEUS_MINIMUM,
    ),
    atLeast("loki.resources.limits.memory", ({ loki }) => loki.resources.limits.memory, LOKI_MINIMUM),
    atLeast("loki.storage", ({ loki }) => loki.storage, STORAGE_MINIMUM),
    {
        key: "loki.ingestion.burstMB",
        problem: ({ loki, collector: { batch } }) =>
            loki.ingestion.burstMB * MIB < bytesOf(batch.maxSize)
                ? `expected at least one batch, ${batch.maxSize} (collector.batch.maxSize): it would be refused again and again`
                : undefined,
    },
    atLeast(
        "victoriaLogs.resources.limits.memory",
        ({ victoriaLogs }) => victoriaLogs.resources.limits.memory,
        VICTORIA_LOGS_MINIMUM,
    ),
    atLeast("victoriaLogs.storage", ({ victoriaLogs }) => victoriaLogs.storage, STORAGE_MINIMUM),
    {
        key: "victoriaLogs.ingestion.maxRequestSize",
        problem: ({ victoriaLogs, collector: { batch } }) =>
            bytesOf(victoriaLogs.ingestion.maxRequestSize) < bytesOf(batch.maxSize)
                ? `expected at least one batch, ${batch.maxSize} (collector.batch.maxSize): VictoriaLogs refuses a larger one for good`
                : undefined,
    },
    {
        key: "victoriaLogs.flushInterval",
        problem: ({ victoriaLogs }) =>
            Number.isInteger(secondsOf(victoriaLogs.flushInterval)) ? undefined : "expected whole seconds, such as 5s",
    },
    atLeast("prometheus.storage", ({ prometheus }) => prometheus.storage, STORAGE_MINIMUM),
    {
        key: "jaeger.maxTraces",
        problem: ({ jaeger }) => {
            const fit = tracesThatFit(jaeger.resources.limits.memory);
            return !jaeger.persistence.enabled && jaeger.maxTraces > fit
                ? `expected at most ${fit}, what ${jaeger.resources.limits.memory} holds (jaeger.resources.limits.memory)`
                : undefined;
        },
    },
    {
        key: "collector.batch.minSize",
        problem: ({ collector: { batch } }) =>
            bytesOf(batch.minSize) > bytesOf(batch.maxSize)
                ? `expected at most ${batch.maxSize} (collector.batch.maxSize)`
                : undefined,
    },
    {
        key: "collector.batch.maxSize",
        problem: ({ collector: { batch } }) =>
            bytesOf(batch.maxSize) > bytesOf(BACKEND_MESSAGE_LIMIT)
                ? `expected at most ${BACKEND_MESSAGE_LIMIT}: Jaeger refuses a larger batch for good`
                : undefined,
    },
    {
        key: "collector.queue.size",
        problem: ({ collector }) =>
            collector.queue.size !== undefined && bytesOf(collector.queue.size) < bytesOf(largestInQueue(collector))
                ? `expected at least ${largestInQueue(collector)}, the largest request or batch (collector.receiver.maxMessageSize, collector.batch.maxSize): what a queue can never hold is sent again without an end`
                : undefined,
    },
    ...inEachTier({
        key: "collector.queue.size",
        problem: ({ collector: { queue, resources }, durability }) =>
            queue.size === undefined || onDisk({ durability })
                ? undefined
                : withinMemory(queue.size, 2, resources.limits.memory),
    }),
    {
        key: "collector.receiver.maxMessageSize",
        problem: ({ collector }) =>
            bytesOf(collector.receiver.maxMessageSize) % MIB === 0
                ? undefined
                : "expected a whole number of MiB, such as 4Mi",
    },
    ...inEachTier({
        key: "collector.receiver.maxMessageSize",
        problem: ({ collector }) =>
            withinMemory(collector.receiver.maxMessageSize, 4, collector.resources.limits.memory),
    }),
    {
        key: "collector.scrape.expiration",
        problem: ({ collector, prometheus }) =>
            secondsOf(collector.scrape.expiration) < secondsOf(prometheus.scrapeInterval)
                ? `expected at least ${prometheus.scrapeInterval} (prometheus.scrapeInterval), or series end between two scrapes`
                : undefined,
    },
];

function withinMemory(size: string, part: number, memoryLimit: string): string | undefined {
    const most = Math.floor(memoryPlan(memoryLimit).limitMiB / part);
    return bytesOf(size) > most * MIB
        ? `expected at most ${most}Mi, a ${part === 2 ? "half" : "quarter"} of what the memory limiter allows with ` +
              `${memoryLimit} (collector.resources.limits.memory)`
        : undefined;
}

const BACKENDS: Readonly<Record<Signal, string>> = {
    traces: "jaeger.enabled or collector.debug.enabled",
    metrics: "prometheus.enabled, collector.scrape.enabled or collector.debug.enabled",
    logs: `${LOG_STORE_KEYS.join(", ")} or collector.debug.enabled`,
};

const routes: readonly Rule[] = [
    {
        key: "collector.remoteWrite.enabled",
        problem: ({ collector, prometheus }) =>
            collector.remoteWrite.enabled === true && !prometheus.enabled
                ? "expected false, or true for prometheus.enabled: nothing takes the remote write"
                : undefined,
    },
    {
        key: "collector.debug.enabled",
        problem: (settings) =>
            SIGNALS.every((signal) => routesOf(settings)[signal].length === 0)
                ? "expected true, or a backend that is on: the Collector has nowhere to send anything"
                : undefined,
    },
    {
        key: "spanMetrics.enabled",
        problem: (settings) => {
            const lack = lacksForSpanMetrics(settings);
            return settings.spanMetrics.enabled === true && lack !== undefined
                ? `expected false, or ${lack}`
                : undefined;
        },
    },
    ...SIGNALS.map((signal): Rule => ({
        key: `telemetrygen.${signal}.enabled`,
        problem: (settings) =>
            settings.telemetrygen.enabled &&
            settings.telemetrygen[signal].enabled === true &&
            routesOf(settings)[signal].length === 0
                ? `expected false, or true for ${BACKENDS[signal]}: ${signal} have no destination`
                : undefined,
    })),
];

const cluster: readonly Rule[] = [
    {
        key: "images.app",
        problem: ({ app, images }) =>
            app.enabled && images.app === undefined
                ? "expected the image of the shop with app.enabled true: build and push one, `docker build -t REGISTRY/shop:1.0.0 app`, and name it here"
                : undefined,
    },
    {
        key: "namespace.create",
        problem: ({ namespace }) =>
            namespace.create && CLUSTER_NAMESPACES.includes(namespace.name)
                ? `expected false with the cluster's own Namespace ${namespace.name}: destroy would delete it`
                : undefined,
    },
    {
        key: "namespace.podSecurity",
        problem: ({ namespace }, given) =>
            !namespace.create && given("namespace.podSecurity")
                ? "expected to be left out with namespace.create false: a Namespace that exists keeps its labels"
                : undefined,
    },
    {
        key: "localPorts",
        problem: ({ localPorts }) => eachItsOwn("port", Object.entries(localPorts)),
    },
];

export const RULES: readonly Rule[] = [
    ...sizes,
    ...routes,
    ...durabilityRules,
    ...guardRules,
    ...cluster,
    ...clusterRules,
    ...network,
    ...publishRules,
    ...scalingRules,
    ...tierRules,
    ...destinationRules,
    ...processingRules,
];
