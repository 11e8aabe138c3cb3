import { onDisk } from "./durability";
import type { StackSettings } from "./schema";

export type ClusterSettings = StackSettings["cluster"];

/** Whether each node has an agent. */
export function hasAgent(cluster: ClusterSettings): boolean {
    return cluster.podLogs.enabled || cluster.otlp.enabled || measuresCluster(cluster);
}

/** Whether what waits in an agent stands on its node, and not in its memory. */
export function keepsOnNodes(settings: Pick<StackSettings, "cluster" | "durability">): boolean {
    const { otlp, podLogs } = settings.cluster;
    return podLogs.enabled || (otlp.enabled && onDisk(settings));
}

/** Whether metrics are collected from nodes. */
export function measuresCluster({ hostMetrics, kubeletMetrics }: ClusterSettings): boolean {
    return hostMetrics.enabled || kubeletMetrics.enabled;
}

/** Whether anything runs in the Namespace of what collects from the cluster. */
export function collectsFromCluster(cluster: ClusterSettings): boolean {
    return hasAgent(cluster) || cluster.events.enabled;
}
