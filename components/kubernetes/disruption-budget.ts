import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { parseObjectName } from "./resource-names";

export interface DisruptionBudgetArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
}

/**
 * Lets a drain evict one pod at a time. Only for workloads with several pods: for a single pod, a budget would have no
 * effect or block the drain forever.
 */
export function createDisruptionBudget(
    name: string,
    { namespace, labels }: DisruptionBudgetArgs,
    opts: pulumi.CustomResourceOptions,
): PodDisruptionBudget {
    return new PodDisruptionBudget(
        name,
        {
            metadata: { name: parseObjectName(name), namespace, labels: labels.all },
            // A pod that is not ready must not block the eviction of the others.
            spec: {
                maxUnavailable: 1,
                unhealthyPodEvictionPolicy: "AlwaysAllow",
                selector: { matchLabels: labels.selector },
            },
        },
        opts,
    );
}
