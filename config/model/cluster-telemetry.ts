import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";

export type ClusterTelemetrySettings = StackSettings["clusterTelemetry"];

/** Whether each node has an agent. */
function runsAgent(clusterTelemetry: ClusterTelemetrySettings): boolean {
    return (
        clusterTelemetry.podLogs.enabled || clusterTelemetry.agentOtlp.enabled || collectsNodeMetrics(clusterTelemetry)
    );
}

/** Whether agents store their queues on the node instead of in memory. */
function storesOnNodes(settings: Pick<StackSettings, "clusterTelemetry" | "durability">): boolean {
    const { agentOtlp, podLogs } = settings.clusterTelemetry;
    return podLogs.enabled || (agentOtlp.enabled && usesPersistentQueues(settings));
}

function collectsNodeMetrics({ hostMetrics, kubeletMetrics }: ClusterTelemetrySettings): boolean {
    return hostMetrics.enabled || kubeletMetrics.enabled;
}

/** Whether anything runs in the Namespace of cluster telemetry. */
export function isClusterTelemetryEnabled(clusterTelemetry: ClusterTelemetrySettings): boolean {
    return runsAgent(clusterTelemetry) || clusterTelemetry.kubernetesEvents.enabled;
}

export interface ClusterTelemetryPlan {
    /** Whether anything runs in the Namespace of cluster telemetry. */
    readonly enabled: boolean;
    /** Whether each node has an agent. */
    readonly runsAgent: boolean;
    /** Whether agents store their queues on the node instead of in memory. */
    readonly storesOnNodes: boolean;
    readonly collectsNodeMetrics: boolean;
}

export function resolveClusterTelemetry(
    settings: Pick<StackSettings, "clusterTelemetry" | "durability">,
): ClusterTelemetryPlan {
    const { clusterTelemetry } = settings;
    return {
        enabled: isClusterTelemetryEnabled(clusterTelemetry),
        runsAgent: runsAgent(clusterTelemetry),
        storesOnNodes: storesOnNodes(settings),
        collectsNodeMetrics: collectsNodeMetrics(clusterTelemetry),
    };
}
