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

const FIRST_BACKEND = { logs: LOG_STORE_KEYS[0], metrics: "prometheus.enabled" } as const;

type Collected = keyof typeof SIGNAL_OF;

function needsDestination(what: Collected): Rule {
    const signal = SIGNAL_OF[what];
    return {
        key: `cluster.${what}.enabled`,
        problem: (settings) =>
            settings.cluster[what].enabled && routesOf(settings)[signal].length === 0
                ? `expected false, or true for ${FIRST_BACKEND[signal]}: ${signal} have no destination`
                : undefined,
    };
}

const largeRequests: Rule = {
    key: "cluster.resources.limits.memory",
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
        key: "cluster.namespace",
        problem: ({ cluster, namespace }) =>
            collectsFromCluster(cluster) && cluster.namespace === namespace.name
                ? "expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not"
                : undefined,
    },
    {
        key: "cluster.namespace",
        problem: ({ cluster }) =>
            collectsFromCluster(cluster) && CLUSTER_NAMESPACES.includes(cluster.namespace)
                ? `expected a Namespace of its own, such as ${cluster.namespace}-agent: the stack makes it, and destroy deletes it`
                : undefined,
    },
    {
        key: "cluster.podLogs.excludeNamespaces",
        problem: ({ cluster: { podLogs } }) =>
            podLogs.excludeNamespaces.length > 0 && !podLogs.enabled
                ? "expected true for cluster.podLogs.enabled: no logs are read"
                : undefined,
    },
    {
        key: "cluster.kubeletMetrics.verifyCertificate",
        problem: ({ cluster: { kubeletMetrics } }) =>
            !kubeletMetrics.verifyCertificate && !kubeletMetrics.enabled
                ? "expected true for cluster.kubeletMetrics.enabled: no kubelet is asked"
                : undefined,
    },
    largeRequests,
    atLeast("cluster.resources.limits.memory", ({ cluster }) => cluster.resources.limits.memory, COLLECTOR_MINIMUM),
];
