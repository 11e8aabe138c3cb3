import { AZURE_MONITOR, destinationsOf, furtherQueues } from "./destinations";
import { batchesInMemory, largestInQueue, onDisk, queuesIn, queuesOf } from "./durability";
import { LOG_ROUTES, keepsLogs } from "./log-stores";
import { SIGNALS, type Signal } from "./signals";
import type { Located, Rule } from "./rule";
import { inEachTier } from "./rule-tiers";
import type { StackSettings } from "./schema";
import { memoryPlan } from "./sizing";
import { MIB, bytesOf } from "./units";

type DestinationSettings = StackSettings["destinations"][string];

/** The exporters of the stack's own backends, and of Azure Monitor, have these names. */
const TAKEN: readonly string[] = ["jaeger", ...Object.values(LOG_ROUTES), "prometheus", AZURE_MONITOR];
/** It becomes part of the name of a Secret, of a volume and of a variable. */
const NAME = /^(?!.{31})[a-z0-9]+(?:-[a-z0-9]+)*$/;

const SIGNAL_PATH = /\/v1\/(?:traces|metrics|logs)\/*$/;

/** A rule for each destination: the message is about the setting at that path of it. */
function forEach(
    path: string,
    problem: (destination: DestinationSettings, name: string, settings: StackSettings) => string | undefined,
): Rule {
    return {
        key: "destinations",
        problem: (settings) =>
            Object.entries(settings.destinations).flatMap(([name, destination]): Located[] => {
                const message = problem(destination, name, settings);
                return message === undefined
                    ? []
                    : [{ key: ["destinations", name, path].filter(Boolean).join("."), message }];
            }),
    };
}

const eachDestination: readonly Rule[] = [
    forEach("", (_, name) =>
        !NAME.test(name)
            ? "expected a name of at most 30 of a-z, 0-9 and single -, with a letter or digit at both ends"
            : TAKEN.includes(name)
              ? `expected another name than ${TAKEN.join(", ")}: exporters have those already`
              : undefined,
    ),
    forEach("endpoint", ({ endpoint }) =>
        endpoint === undefined ? "expected the URL of the backend, such as https://otlp.example.com:4317" : undefined,
    ),
    forEach("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "grpc" && new URL(endpoint).pathname !== "/"
            ? "expected a URL without a path, or http for its protocol: gRPC has none"
            : undefined,
    ),
    forEach("endpoint", ({ endpoint, protocol }) =>
        endpoint !== undefined && protocol === "http" && SIGNAL_PATH.test(new URL(endpoint).pathname)
            ? "expected a URL without the path of a signal: /v1/traces and the like come behind it by themselves"
            : undefined,
    ),
    forEach("headers", ({ headers, secretHeaders }) => {
        const names = [...Object.keys(headers), ...Object.keys(secretHeaders)].map((name) => name.toLowerCase());
        return new Set(names).size < names.length
            ? "expected each header once, in headers or secretHeaders, whatever its capitals"
            : undefined;
    }),
    forEach("secretHeaders", ({ allowSecretsOverHttp, endpoint, secretHeaders }) =>
        isPlain(endpoint) && Object.keys(secretHeaders).length > 0 && !allowSecretsOverHttp
            ? "expected an https:// endpoint, or true for allowSecretsOverHttp: anybody on the network path to an http:// endpoint can read them"
            : undefined,
    ),
    forEach("allowSecretsOverHttp", ({ allowSecretsOverHttp, endpoint, secretHeaders }) =>
        allowSecretsOverHttp && (!isPlain(endpoint) || Object.keys(secretHeaders).length === 0)
            ? "expected false: it is for secretHeaders that go to an http:// endpoint"
            : undefined,
    ),
    forEach("tls.caSecretName", ({ endpoint, tls }) =>
        isPlain(endpoint) && tls.caSecretName !== undefined
            ? "expected an https:// endpoint: an http:// one shows no certificate"
            : undefined,
    ),
    forEach("tls.insecureSkipVerify", ({ endpoint, tls }) =>
        tls.insecureSkipVerify && (isPlain(endpoint) || tls.caSecretName !== undefined)
            ? "expected false: it is for an https:// endpoint without tls.caSecretName, whose certificate nobody verifies"
            : undefined,
    ),
    forEach("secretGeneration", ({ secretGeneration, secretHeaders }) =>
        secretGeneration !== 1 && Object.keys(secretHeaders).length === 0
            ? "expected to be left out: there are no secretHeaders to count"
            : undefined,
    ),
];

function isPlain(endpoint: string | undefined): boolean {
    return endpoint?.startsWith("http:") ?? false;
}

/**
 * Whether a signal has a backend in the stack that what finds a further queue full is still in. Of sampled traces nothing is
 * asked: no client is left that could be refused instead.
 */
function isKept(signal: Signal, settings: StackSettings): boolean {
    const { jaeger, prometheus, tailSampling } = settings;
    return {
        traces: jaeger.enabled || tailSampling.enabled,
        metrics: prometheus.enabled,
        logs: keepsLogs(settings),
    }[signal];
}

const azure: readonly Rule[] = [
    {
        key: "azureMonitor.connectionString",
        problem: ({ azureMonitor: { connectionString, enabled } }) =>
            enabled && connectionString === undefined
                ? "expected the connection string of an Application Insights resource, by `pulumi config set --secret --path otel-stack:azureMonitor.connectionString`"
                : undefined,
    },
    {
        key: "azureMonitor.enabled",
        problem: ({ azureMonitor: { connectionString, enabled } }, given) =>
            !enabled && connectionString !== undefined && !given("azureMonitor.enabled")
                ? "expected true or false: a connection string alone sends nothing"
                : undefined,
    },
];

const keptSomewhere: Rule = {
    key: "destinations",
    problem: (settings) =>
        SIGNALS.filter((signal) => !isKept(signal, settings)).flatMap((signal): Located[] => {
            const takers = destinationsOf(settings).filter(({ signals }) => signals.includes(signal));
            const [first] = takers;
            return first === undefined || takers.some((taker) => taker.kind !== "otlp" || taker.whenFull === "refuse")
                ? []
                : [
                      {
                          key: `destinations.${first.name}.whenFull`,
                          message: `expected refuse, as ${signal} have no backend in the stack: what is dropped would be nowhere`,
                      },
                  ];
        }),
};

const queuesHoldARequest: Rule = {
    key: "destinations",
    problem: (settings) =>
        !onDisk(settings) &&
        settings.collector.queue.size === undefined &&
        furtherQueues(settings) > 0 &&
        queuesOf(settings).bytes.traces < bytesOf(largestInQueue(settings.collector))
            ? "expected more memory (collector.resources.limits.memory), fewer destinations or fewer signals: the queue of each would not hold one request or batch (collector.receiver.maxMessageSize, collector.batch.maxSize)"
            : undefined,
};

const queuesFitMemory: Rule = {
    key: "collector.queue.size",
    problem: (settings) => {
        const { queue, resources } = settings.collector;
        const queues = queuesIn(settings);
        const most = Math.floor(memoryPlan(resources.limits.memory).limitMiB / queues);
        return queue.size !== undefined &&
            furtherQueues(settings) > 0 &&
            !onDisk(settings) &&
            bytesOf(queue.size) > most * MIB
            ? `expected at most ${most}Mi, as ${queues} queues share what the memory limiter allows with ${resources.limits.memory} (collector.resources.limits.memory)`
            : undefined;
    },
};

/** Measured: with six dead destinations of all signals, a restarted Collector of 256Mi refused everybody for good. */
const batchesFromDiskFitMemory: Rule = {
    key: "destinations",
    problem: (settings) => {
        const { batch, resources } = settings.collector;
        const batches = batchesInMemory(settings);
        const half = (memoryPlan(resources.limits.memory).limitMiB / 2) * MIB;
        return onDisk(settings) && furtherQueues(settings) > 0 && batches * bytesOf(batch.maxSize) > half
            ? `expected fewer destinations or signals, more memory (collector.resources.limits.memory) or smaller batches (collector.batch.maxSize): the queues have ${batches} batches of ${batch.maxSize} in memory while nobody takes them, more than half of what the memory limiter allows with ${resources.limits.memory}`
            : undefined;
    },
};

export const destinationRules: readonly Rule[] = [
    ...eachDestination,
    ...azure,
    keptSomewhere,
    ...[queuesHoldARequest, queuesFitMemory, batchesFromDiskFitMemory].flatMap(inEachTier),
];
