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
