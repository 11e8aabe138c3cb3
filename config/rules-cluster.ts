import { collectsFromCluster } from "./cluster";
import { LOG_STORE_KEYS } from "./log-stores";
import { routesOf } from "./routes";
import type { Signal } from "./signals";
import { CLUSTER_NAMESPACES, type Rule, atLeast } from "./rule";
import { COLLECTOR_MINIMUM, memoryPlan } from "./sizing";
import { MIB, bytesOf } from "./units";

/** Where what is collected goes. */
const SIGNAL_OF = {
    podLogs: "logs",
    events: "logs",
    kubeletMetrics: "metrics",
    hostMetrics: "metrics",
} as const satisfies Record<string, Signal>;

const ROUTE_KEYS: Readonly<Record<"logs" | "metrics", readonly string[]>> = {
    logs: [...LOG_STORE_KEYS, "collector.debug.enabled"],
    metrics: ["prometheus.enabled", "collector.scrape.enabled", "collector.debug.enabled"],
};

type Collected = keyof typeof SIGNAL_OF;

function needsDestination(what: Collected): Rule {
    const signal = SIGNAL_OF[what];
    const [first = "", ...others] = ROUTE_KEYS[signal];
    return {
        keys: [`cluster.${what}.enabled`, first, ...others],
        problem: (settings) =>
            settings.cluster[what].enabled && routesOf(settings)[signal].length === 0
                ? `expected false, or true for ${first}: ${signal} have no destination`
                : undefined,
    };
}

const largeRequests: Rule = {
    keys: ["cluster.resources.limits.memory", "cluster.otlp.enabled", "collector.receiver.maxMessageSize"],
    problem: ({ cluster: { otlp, resources }, collector: { receiver } }) => {
        const most = Math.floor(memoryPlan(resources.limits.memory).limitMiB / 4);
        return otlp.enabled && bytesOf(receiver.maxMessageSize) > most * MIB
            ? `expected more, or at most ${most}Mi for collector.receiver.maxMessageSize, a quarter of what an agent's memory limiter allows: it takes OTLP by the same limits`
            : undefined;
    },
};

/** What the settings of collection from the cluster demand of others. */
export const clusterRules: readonly Rule[] = [
    ...(Object.keys(SIGNAL_OF) as Collected[]).map(needsDestination),
    {
        keys: ["cluster.namespace", "namespace.name"],
        problem: ({ cluster, namespace }) =>
            collectsFromCluster(cluster) && cluster.namespace === namespace.name
                ? "expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not"
                : undefined,
    },
    {
        keys: ["cluster.namespace"],
        problem: ({ cluster }) =>
            collectsFromCluster(cluster) && CLUSTER_NAMESPACES.includes(cluster.namespace)
                ? `expected a Namespace of its own, such as ${cluster.namespace}-agent: the stack makes it, and destroy deletes it`
                : undefined,
    },
    {
        keys: ["cluster.podLogs.excludeNamespaces", "cluster.podLogs.enabled"],
        problem: ({ cluster: { podLogs } }) =>
            podLogs.excludeNamespaces.length > 0 && !podLogs.enabled
                ? "expected true for cluster.podLogs.enabled: no logs are read"
                : undefined,
    },
    {
        keys: ["cluster.kubeletMetrics.verifyCertificate", "cluster.kubeletMetrics.enabled"],
        problem: ({ cluster: { kubeletMetrics } }) =>
            !kubeletMetrics.verifyCertificate && !kubeletMetrics.enabled
                ? "expected true for cluster.kubeletMetrics.enabled: no kubelet is asked"
                : undefined,
    },
    largeRequests,
    atLeast("cluster.resources.limits.memory", ({ cluster }) => cluster.resources.limits.memory, COLLECTOR_MINIMUM),
];
