import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";

export type ClusterTelemetrySettings = StackSettings["cluster"];

/** Whether each node has an agent. */
export function runsAgent(cluster: ClusterTelemetrySettings): boolean {
    return cluster.podLogs.enabled || cluster.otlp.enabled || collectsNodeMetrics(cluster);
}

/** Whether what waits in an agent stands on its node, and not in its memory. */
export function storesOnNodes(settings: Pick<StackSettings, "cluster" | "durability">): boolean {
    const { otlp, podLogs } = settings.cluster;
    return podLogs.enabled || (otlp.enabled && usesPersistentQueues(settings));
}

/** Whether metrics are collected from nodes. */
export function collectsNodeMetrics({ hostMetrics, kubeletMetrics }: ClusterTelemetrySettings): boolean {
    return hostMetrics.enabled || kubeletMetrics.enabled;
}

/** Whether anything runs in the Namespace of what collects from the cluster. */
export function isClusterTelemetryEnabled(cluster: ClusterTelemetrySettings): boolean {
    return runsAgent(cluster) || cluster.events.enabled;
}

/** What follows from the settings of cluster telemetry. */
export interface ClusterTelemetryPlan {
    /** Whether anything runs in its Namespace. */
    readonly enabled: boolean;
    /** Whether each node has an agent. */
    readonly runsAgent: boolean;
    /** Whether an agent keeps its queues on its node. */
    readonly storesOnNodes: boolean;
    readonly collectsNodeMetrics: boolean;
}

export function resolveClusterTelemetry(settings: Pick<StackSettings, "cluster" | "durability">): ClusterTelemetryPlan {
    const { cluster } = settings;
    return {
        enabled: isClusterTelemetryEnabled(cluster),
        runsAgent: runsAgent(cluster),
        storesOnNodes: storesOnNodes(settings),
        collectsNodeMetrics: collectsNodeMetrics(cluster),
    };
}
