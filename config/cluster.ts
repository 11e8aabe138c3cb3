import type { StackSettings } from "./schema";

export type ClusterSettings = StackSettings["cluster"];

/** Whether each node has an agent. */
export function hasAgent(cluster: ClusterSettings): boolean {
    return cluster.podLogs.enabled || measuresCluster(cluster);
}

/** Whether metrics are collected from nodes. */
export function measuresCluster({ hostMetrics, kubeletMetrics }: ClusterSettings): boolean {
    return hostMetrics.enabled || kubeletMetrics.enabled;
}

/** Whether anything runs in the Namespace of what collects from the cluster. */
export function collectsFromCluster(cluster: ClusterSettings): boolean {
    return hasAgent(cluster) || cluster.events.enabled;
}
