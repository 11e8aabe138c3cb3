import { isClusterTelemetryEnabled } from "../model/cluster-telemetry";
import { LOG_STORE_KEYS } from "../model/log-stores";
import { resolveRoutes } from "../model/routes";
import type { Signal } from "../types/signal";
import { SYSTEM_NAMESPACES, type Rule, minimumSize } from "./rule";
import { MIN_COLLECTOR_MEMORY, collectorMemoryLimits } from "../model/memory";
import { MIB, parseBytes } from "../types/units";

/** Where what is collected goes. */
const SOURCE_SIGNALS = {
    podLogs: "logs",
    events: "logs",
    kubeletMetrics: "metrics",
    hostMetrics: "metrics",
} as const satisfies Record<string, Signal>;

const FIRST_BACKEND = { logs: LOG_STORE_KEYS[0], metrics: "prometheus.enabled" } as const;

type ClusterSource = keyof typeof SOURCE_SIGNALS;

function sourceRequiresDestination(source: ClusterSource): Rule {
    const signal = SOURCE_SIGNALS[source];
    return {
        key: `cluster.${source}.enabled`,
        check: (settings) =>
            settings.cluster[source].enabled && resolveRoutes(settings)[signal].length === 0
                ? `expected false, or true for ${FIRST_BACKEND[signal]}: ${signal} have no destination`
                : undefined,
    };
}

const agentRequestFitsMemory: Rule = {
    key: "cluster.resources.limits.memory",
    check: ({ cluster: { otlp, resources }, collector: { receiver } }) => {
        const most = Math.floor(collectorMemoryLimits(resources.limits.memory).limitMiB / 4);
        return otlp.enabled && parseBytes(receiver.maxRequestSize) > most * MIB
            ? `expected more, or at most ${most}Mi for collector.receiver.maxRequestSize, a quarter of what an agent's memory limiter allows: it takes OTLP by the same limits`
            : undefined;
    },
};

/** What the settings of collection from the cluster demand of others. */
export const clusterTelemetryRules: readonly Rule[] = [
    ...(Object.keys(SOURCE_SIGNALS) as ClusterSource[]).map(sourceRequiresDestination),
    {
        key: "cluster.namespace",
        check: ({ cluster, namespace }) =>
            isClusterTelemetryEnabled(cluster) && cluster.namespace === namespace.name
                ? "expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not"
                : undefined,
    },
    {
        key: "cluster.namespace",
        check: ({ cluster }) =>
            isClusterTelemetryEnabled(cluster) && SYSTEM_NAMESPACES.includes(cluster.namespace)
                ? `expected a Namespace of its own, such as ${cluster.namespace}-agent: the stack makes it, and destroy deletes it`
                : undefined,
    },
    {
        key: "cluster.podLogs.excludeNamespaces",
        check: ({ cluster: { podLogs } }) =>
            podLogs.excludeNamespaces.length > 0 && !podLogs.enabled
                ? "expected true for cluster.podLogs.enabled: no logs are read"
                : undefined,
    },
    {
        key: "cluster.kubeletMetrics.verifyCertificate",
        check: ({ cluster: { kubeletMetrics } }) =>
            !kubeletMetrics.verifyCertificate && !kubeletMetrics.enabled
                ? "expected true for cluster.kubeletMetrics.enabled: no kubelet is asked"
                : undefined,
    },
    agentRequestFitsMemory,
    minimumSize(
        "cluster.resources.limits.memory",
        ({ cluster }) => cluster.resources.limits.memory,
        MIN_COLLECTOR_MEMORY,
    ),
];
