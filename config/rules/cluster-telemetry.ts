import { isClusterTelemetryEnabled } from "../model/cluster-telemetry";
import { LOG_STORE_KEYS } from "../model/log-stores";
import { resolveRoutes } from "../model/routes";
import type { Signal } from "../types/signal";
import { SYSTEM_NAMESPACES, type Rule, minimumSize } from "./rule";
import { MIN_COLLECTOR_MEMORY, collectorMemoryLimits } from "../model/memory";
import { MIB, parseBytes } from "../types/units";

/** The signal that each source produces. */
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
                ? `must be false because ${signal} have no destination; to collect them, set ${FIRST_BACKEND[signal]} to true`
                : undefined,
    };
}

const agentRequestFitsMemory: Rule = {
    key: "clusterTelemetry.resources.limits.memory",
    check: ({ clusterTelemetry: { agentOtlp, resources }, collector: { receiver } }) => {
        const most = Math.floor(collectorMemoryLimits(resources.limits.memory).limitMiB / 4);
        return agentOtlp.enabled && parseBytes(receiver.maxRequestSize) > most * MIB
            ? `must be larger, or collector.receiver.maxRequestSize at most ${most}Mi (a quarter of the memory that an agent's memory limiter allows); agents accept requests of the same size as the Collector`
            : undefined;
    },
};

/** Rules for cluster telemetry. */
export const clusterTelemetryRules: readonly Rule[] = [
    ...(Object.keys(SOURCE_SIGNALS) as ClusterSource[]).map(sourceRequiresDestination),
    {
        key: "clusterTelemetry.namespace",
        check: ({ clusterTelemetry, namespace }) =>
            isClusterTelemetryEnabled(clusterTelemetry) && clusterTelemetry.namespace === namespace.name
                ? "must differ from the stack's Namespace (namespace.name); the agents have rights that the stack must not have"
                : undefined,
    },
    {
        key: "clusterTelemetry.namespace",
        check: ({ clusterTelemetry }) =>
            isClusterTelemetryEnabled(clusterTelemetry) && SYSTEM_NAMESPACES.includes(clusterTelemetry.namespace)
                ? `must not be a Namespace of the cluster, because destroy deletes it; use a separate one, such as ${clusterTelemetry.namespace}-agent`
                : undefined,
    },
    agentRequestFitsMemory,
    minimumSize(
        "clusterTelemetry.resources.limits.memory",
        ({ clusterTelemetry }) => clusterTelemetry.resources.limits.memory,
        MIN_COLLECTOR_MEMORY,
    ),
];
