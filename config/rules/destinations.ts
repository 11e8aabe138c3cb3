import {
    AZURE_MONITOR,
    AZURE_MONITOR_SECRET_KEY,
    countDestinationQueues,
    listSecretHeaders,
    resolveDestinations,
} from "../model/destinations";
import {
    maxBatchesInMemory,
    queuesHeapBytes,
    usesPersistentQueues,
    countQueues,
    resolveQueues,
} from "../model/durability";
import { LOG_ROUTES, hasLogStore } from "../model/log-stores";
import { SIGNALS, type Signal } from "../types/signal";
import { type LocatedIssue, NAME_PATTERN, type Rule } from "./rule";
import { forEachTier } from "./per-tier";
import type { StackSettings } from "../schema/schema";
import { collectorMemoryLimits } from "../model/memory";
import { MIB, parseBytes } from "../types/units";

type OtlpDestinationSettings = StackSettings["destinations"][string];

/** Names of the exporters for the stack's own backends and for Azure Monitor. */
const RESERVED_NAMES: readonly string[] = ["jaeger", ...Object.values(LOG_ROUTES), "prometheus", AZURE_MONITOR];

const SIGNAL_PATH_PATTERN = /\/v1\/(?:traces|metrics|logs)\/*$/;

/** A rule for the setting at a path of each destination. */
function forEachDestination(
    path: string,
    check: (destination: OtlpDestinationSettings, name: string, settings: StackSettings) => string | undefined,
): Rule {
    return {
        key: "destinations",
        check: (settings) =>
            Object.entries(settings.destinations).flatMap(([name, destination]): LocatedIssue[] => {
                const message = check(destination, name, settings);
                return message === undefined
                    ? []
                    : [{ key: ["destinations", name, path].filter(Boolean).join("."), message }];
            }),
    };
}

const perDestinationRules: readonly Rule[] = [
    forEachDestination("", (_, name) =>
        !NAME_PATTERN.test(name)
            ? "must have a name of at most 30 characters: a-z, 0-9 and single hyphens, with a letter or digit at both ends"
            : RESERVED_NAMES.includes(name)
              ? `must have another name; ${RESERVED_NAMES.join(", ")} are names of the stack's exporters`
              : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint }) =>
        endpoint === undefined
            ? "must be set to the URL of the backend, such as https://otlp.example.com:4317"
            : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "grpc" && new URL(endpoint).pathname !== "/"
            ? "must be a URL without a path, because gRPC uses none; for a path, set protocol to http"
            : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "http" && SIGNAL_PATH_PATTERN.test(new URL(endpoint).pathname)
            ? "must not end with the path of a signal, such as /v1/traces; the Collector appends it"
            : undefined,
    ),
    forEachDestination("headers", (destination) => {
        const names = [...Object.keys(destination.headers), ...listSecretHeaders(destination)].map((name) =>
            name.toLowerCase(),
        );
        return new Set(names).size < names.length
            ? "must not repeat a header; names are case-insensitive, and a header of secretHeaders or secretHeaderKeys counts as well"
            : undefined;
    }),
    ...(["secretHeaders", "secretHeaderKeys"] as const).map((key) =>
        forEachDestination(key, ({ allowSecretsOverHttp, endpoint, [key]: secrets }) =>
            isPlaintext(endpoint) && Object.keys(secrets).length > 0 && !allowSecretsOverHttp
                ? "requires an https:// endpoint, because anyone on the network path to an http:// endpoint can read the secrets; to send them anyway, set allowSecretsOverHttp to true"
                : undefined,
        ),
    ),
    forEachDestination("secretHeaders", ({ secretHeaders, secretName }) =>
        secretName !== undefined && Object.keys(secretHeaders).length > 0
            ? "must not be set with secretName; the Secret contains all secrets of the destination, and secretHeaderKeys names their keys"
            : undefined,
    ),
    forEachDestination("secretName", ({ secretHeaderKeys, secretName }) =>
        secretName === undefined && Object.keys(secretHeaderKeys).length > 0
            ? "must be set to the name of the Secret that has the keys of secretHeaderKeys"
            : undefined,
    ),
    forEachDestination("secretHeaderKeys", ({ secretHeaderKeys, secretHeaders, secretName }) =>
        secretName !== undefined &&
        Object.keys(secretHeaderKeys).length === 0 &&
        Object.keys(secretHeaders).length === 0
            ? "must be set with secretName, such as { authorization: KEY }; it says which headers the Secret contains"
            : undefined,
    ),
    forEachDestination("tls.insecureSkipVerify", ({ tls }) =>
        tls.insecureSkipVerify && tls.caSecretName !== undefined
            ? "must be false with tls.caSecretName, which verifies the certificate"
            : undefined,
    ),
];

function isPlaintext(endpoint: string | undefined): boolean {
    return endpoint?.startsWith("http:") ?? false;
}

/**
 * Whether a backend of the stack stores the items that a destination drops while its queue is full. True for sampled
 * traces, because they were acknowledged before the sampling decision and no client can be rejected any more.
 */
function isStoredInStack(signal: Signal, settings: StackSettings): boolean {
    const { jaeger, prometheus, tailSampling } = settings;
    return {
        traces: jaeger.enabled || tailSampling.enabled,
        metrics: prometheus.enabled,
        logs: hasLogStore(settings),
    }[signal];
}

const azureMonitorRules: readonly Rule[] = [
    {
        key: "azureMonitor.connectionString",
        check: ({ azureMonitor: { connectionString, enabled, secretName } }) =>
            enabled && connectionString === undefined && secretName === undefined
                ? `must be set with azureMonitor.enabled; run \`pulumi config set --secret --path otel-stack:azureMonitor.connectionString\` and enter the connection string of an Application Insights resource, or set azureMonitor.secretName to a Secret with the key ${AZURE_MONITOR_SECRET_KEY}`
                : connectionString !== undefined && secretName !== undefined
                  ? "must not be set with azureMonitor.secretName; the Secret contains the connection string"
                  : undefined,
    },
];

const destinationsRetainData: Rule = {
    key: "destinations",
    check: (settings) =>
        SIGNALS.filter((signal) => !isStoredInStack(signal, settings)).flatMap((signal): LocatedIssue[] => {
            const receivers = resolveDestinations(settings).filter(({ signals }) => signals.includes(signal));
            const [first] = receivers;
            return first === undefined ||
                receivers.some((receiver) => receiver.kind !== "otlp" || receiver.onQueueFull === "reject")
                ? []
                : [
                      {
                          key: `destinations.${first.name}.onQueueFull`,
                          message: `must be reject because ${signal} have no backend in the stack; with drop, ${signal} would be lost while the queue is full`,
                      },
                  ];
        }),
};

const queueFitsRequest = forEachTier({
    key: "destinations",
    check: (tier) =>
        !usesPersistentQueues(tier) &&
        tier.queue.size === undefined &&
        countDestinationQueues(tier.destinations) > 0 &&
        queuesHeapBytes(tier, resolveQueues(tier).bytes.traces) >
            collectorMemoryLimits(tier.resources.limits.memory).limitMiB * MIB
            ? "must be fewer or have fewer signals, or collector.resources.limits.memory must be larger; otherwise queues that can hold the largest request or batch (collector.receiver.maxRequestSize, collector.batch.maxSize) do not fit in memory"
            : undefined,
});

const queuesFitMemory = forEachTier({
    key: "collector.queue.size",
    check: (tier) => {
        const { queue, resources } = tier;
        const queues = countQueues(tier);
        const most = Math.floor(collectorMemoryLimits(resources.limits.memory).limitMiB / queues);
        return queue.size !== undefined &&
            countDestinationQueues(tier.destinations) > 0 &&
            !usesPersistentQueues(tier) &&
            parseBytes(queue.size) > most * MIB
            ? `must be at most ${most}Mi; ${queues} queues share the memory that the memory limiter allows with collector.resources.limits.memory ${resources.limits.memory}`
            : undefined;
    },
});

/**
 * Measured: with six unavailable destinations for all signals, a restarted Collector of 256Mi rejected all data
 * permanently.
 */
const replayBatchesFitMemory = forEachTier({
    key: "destinations",
    check: (tier) => {
        const { batch, resources } = tier;
        const batches = maxBatchesInMemory(tier);
        const half = (collectorMemoryLimits(resources.limits.memory).limitMiB / 2) * MIB;
        return usesPersistentQueues(tier) &&
            countDestinationQueues(tier.destinations) > 0 &&
            batches * parseBytes(batch.maxSize) > half
            ? `must be fewer or have fewer signals, or collector.resources.limits.memory (${resources.limits.memory}) must be larger or collector.batch.maxSize smaller; during an outage the queues keep ${batches} batches of ${batch.maxSize} in memory, more than half of what the memory limiter allows`
            : undefined;
    },
});

export const destinationRules: readonly Rule[] = [
    ...perDestinationRules,
    ...azureMonitorRules,
    destinationsRetainData,
    ...queueFitsRequest,
    ...queuesFitMemory,
    ...replayBatchesFitMemory,
];
