import { AZURE_MONITOR, resolveDestinations, countDestinationQueues } from "../model/destinations";
import {
    maxBatchesInMemory,
    maxQueueItemSize,
    usesPersistentQueues,
    countQueues,
    resolveQueues,
} from "../model/durability";
import { LOG_ROUTES, hasLogStore } from "../model/log-stores";
import { SIGNALS, type Signal } from "../types/signal";
import type { LocatedIssue, Rule } from "./rule";
import { forEachTier } from "./per-tier";
import type { StackSettings } from "../schema/schema";
import { collectorMemoryLimits } from "../model/memory";
import { MIB, parseBytes } from "../types/units";

type OtlpDestinationSettings = StackSettings["destinations"][string];

/** The exporters of the stack's own backends, and of Azure Monitor, have these names. */
const RESERVED_NAMES: readonly string[] = ["jaeger", ...Object.values(LOG_ROUTES), "prometheus", AZURE_MONITOR];
/** It becomes part of the name of a Secret, of a volume and of a variable. */
const NAME_PATTERN = /^(?!.{31})[a-z0-9]+(?:-[a-z0-9]+)*$/;

const SIGNAL_PATH_PATTERN = /\/v1\/(?:traces|metrics|logs)\/*$/;

/** A rule for each destination: the message is about the setting at that path of it. */
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
            ? "expected a name of at most 30 of a-z, 0-9 and single -, with a letter or digit at both ends"
            : RESERVED_NAMES.includes(name)
              ? `expected another name than ${RESERVED_NAMES.join(", ")}: exporters have those already`
              : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint }) =>
        endpoint === undefined ? "expected the URL of the backend, such as https://otlp.example.com:4317" : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "grpc" && new URL(endpoint).pathname !== "/"
            ? "expected a URL without a path, or http for its protocol: gRPC has none"
            : undefined,
    ),
    forEachDestination("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "http" && SIGNAL_PATH_PATTERN.test(new URL(endpoint).pathname)
            ? "expected a URL without the path of a signal: /v1/traces and the like come behind it by themselves"
            : undefined,
    ),
    forEachDestination("headers", ({ headers, secretHeaders }) => {
        const names = [...Object.keys(headers), ...Object.keys(secretHeaders)].map((name) => name.toLowerCase());
        return new Set(names).size < names.length
            ? "expected each header once, in headers or secretHeaders, whatever its capitals"
            : undefined;
    }),
    forEachDestination("secretHeaders", ({ allowSecretsOverHttp, endpoint, secretHeaders }) =>
        isPlaintext(endpoint) && Object.keys(secretHeaders).length > 0 && !allowSecretsOverHttp
            ? "expected an https:// endpoint, or true for allowSecretsOverHttp: anybody on the network path to an http:// endpoint can read them"
            : undefined,
    ),
    forEachDestination("allowSecretsOverHttp", ({ allowSecretsOverHttp, endpoint, secretHeaders }) =>
        allowSecretsOverHttp && (!isPlaintext(endpoint) || Object.keys(secretHeaders).length === 0)
            ? "expected false: it is for secretHeaders that go to an http:// endpoint"
            : undefined,
    ),
    forEachDestination("tls.caSecretName", ({ endpoint, tls }) =>
        isPlaintext(endpoint) && tls.caSecretName !== undefined
            ? "expected an https:// endpoint: an http:// one shows no certificate"
            : undefined,
    ),
    forEachDestination("tls.insecureSkipVerify", ({ endpoint, tls }) =>
        tls.insecureSkipVerify && (isPlaintext(endpoint) || tls.caSecretName !== undefined)
            ? "expected false: it is for an https:// endpoint without tls.caSecretName, whose certificate nobody verifies"
            : undefined,
    ),
    forEachDestination("secretVersion", ({ secretVersion, secretHeaders }) =>
        secretVersion !== 1 && Object.keys(secretHeaders).length === 0
            ? "expected to be left out: there are no secretHeaders to count"
            : undefined,
    ),
];

function isPlaintext(endpoint: string | undefined): boolean {
    return endpoint?.startsWith("http:") ?? false;
}

/**
 * Whether a signal has a backend in the stack that what finds a further queue full is still in. Of sampled traces nothing is
 * asked: no client is left that could be refused instead.
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
        check: ({ azureMonitor: { connectionString, enabled } }) =>
            enabled && connectionString === undefined
                ? "expected the connection string of an Application Insights resource, by `pulumi config set --secret --path otel-stack:azureMonitor.connectionString`"
                : undefined,
    },
    {
        key: "azureMonitor.enabled",
        check: ({ azureMonitor: { connectionString, enabled } }, given) =>
            !enabled && connectionString !== undefined && !given("azureMonitor.enabled")
                ? "expected true or false: a connection string alone sends nothing"
                : undefined,
    },
];

const destinationsRetainData: Rule = {
    key: "destinations",
    check: (settings) =>
        SIGNALS.filter((signal) => !isStoredInStack(signal, settings)).flatMap((signal): LocatedIssue[] => {
            const takers = resolveDestinations(settings).filter(({ signals }) => signals.includes(signal));
            const [first] = takers;
            return first === undefined ||
                takers.some((taker) => taker.kind !== "otlp" || taker.onQueueFull === "reject")
                ? []
                : [
                      {
                          key: `destinations.${first.name}.onQueueFull`,
                          message: `expected reject, as ${signal} have no backend in the stack: what is dropped would be nowhere`,
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
        resolveQueues(tier).bytes.traces < parseBytes(maxQueueItemSize(tier))
            ? "expected more memory (collector.resources.limits.memory), fewer destinations or fewer signals: the queue of each would not hold one request or batch (collector.receiver.maxRequestSize, collector.batch.maxSize)"
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
            ? `expected at most ${most}Mi, as ${queues} queues share what the memory limiter allows with ${resources.limits.memory} (collector.resources.limits.memory)`
            : undefined;
    },
});

/** Measured: with six dead destinations of all signals, a restarted Collector of 256Mi refused everybody for good. */
const replayBatchesFitMemory = forEachTier({
    key: "destinations",
    check: (tier) => {
        const { batch, resources } = tier;
        const batches = maxBatchesInMemory(tier);
        const half = (collectorMemoryLimits(resources.limits.memory).limitMiB / 2) * MIB;
        return usesPersistentQueues(tier) &&
            countDestinationQueues(tier.destinations) > 0 &&
            batches * parseBytes(batch.maxSize) > half
            ? `expected fewer destinations or signals, more memory (collector.resources.limits.memory) or smaller batches (collector.batch.maxSize): the queues have ${batches} batches of ${batch.maxSize} in memory while nobody takes them, more than half of what the memory limiter allows with ${resources.limits.memory}`
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
