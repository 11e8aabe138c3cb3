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
    kubernetesEvents: "logs",
    kubeletMetrics: "metrics",
    hostMetrics: "metrics",
} as const satisfies Record<string, Signal>;

const FIRST_BACKEND = { logs: LOG_STORE_KEYS[0], metrics: "prometheus.enabled" } as const;

type ClusterSource = keyof typeof SOURCE_SIGNALS;

function sourceRequiresDestination(source: ClusterSource): Rule {
    const signal = SOURCE_SIGNALS[source];
    return {
        key: `clusterTelemetry.${source}.enabled`,
        check: (settings) =>
            settings.clusterTelemetry[source].enabled && resolveRoutes(settings)[signal].length === 0
                ? `expected false, or true for ${FIRST_BACKEND[signal]}: ${signal} have no destination`
                : undefined,
    };
}

const agentRequestFitsMemory: Rule = {
    key: "clusterTelemetry.resources.limits.memory",
    check: ({ clusterTelemetry: { agentOtlp, resources }, collector: { receiver } }) => {
        const most = Math.floor(collectorMemoryLimits(resources.limits.memory).limitMiB / 4);
        return agentOtlp.enabled && parseBytes(receiver.maxRequestSize) > most * MIB
            ? `expected more, or at most ${most}Mi for collector.receiver.maxRequestSize, a quarter of what an agent's memory limiter allows: it takes OTLP by the same limits`
            : undefined;
    },
};

/** What the settings of collection from the cluster demand of others. */
export const clusterTelemetryRules: readonly Rule[] = [
    ...(Object.keys(SOURCE_SIGNALS) as ClusterSource[]).map(sourceRequiresDestination),
    {
        key: "clusterTelemetry.namespace",
        check: ({ clusterTelemetry, namespace }) =>
            isClusterTelemetryEnabled(clusterTelemetry) && clusterTelemetry.namespace === namespace.name
                ? "expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not"
                : undefined,
    },
    {
        key: "clusterTelemetry.namespace",
        check: ({ clusterTelemetry }) =>
            isClusterTelemetryEnabled(clusterTelemetry) && SYSTEM_NAMESPACES.includes(clusterTelemetry.namespace)
                ? `expected a Namespace of its own, such as ${clusterTelemetry.namespace}-agent: the stack makes it, and destroy deletes it`
                : undefined,
    },
    {
        key: "clusterTelemetry.podLogs.excludeNamespaces",
        check: ({ clusterTelemetry: { podLogs } }) =>
            podLogs.excludeNamespaces.length > 0 && !podLogs.enabled
                ? "expected true for clusterTelemetry.podLogs.enabled: no logs are read"
                : undefined,
    },
    {
        key: "clusterTelemetry.kubeletMetrics.verifyCertificate",
        check: ({ clusterTelemetry: { kubeletMetrics } }) =>
            !kubeletMetrics.verifyCertificate && !kubeletMetrics.enabled
                ? "expected true for clusterTelemetry.kubeletMetrics.enabled: no kubelet is asked"
                : undefined,
    },
    agentRequestFitsMemory,
    minimumSize(
        "clusterTelemetry.resources.limits.memory",
        ({ clusterTelemetry }) => clusterTelemetry.resources.limits.memory,
        MIN_COLLECTOR_MEMORY,
    ),
];
