import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { parseObjectName } from "./resource-names";

export interface DisruptionBudgetArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
}

/**
 * Lets a drain take one pod at a time. For several pods alone: with one, it would either allow what happens anyway or
 * keep the node from ever being drained.
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
            // One that does not run is no reason to keep the others from being drained.
            spec: {
                maxUnavailable: 1,
                unhealthyPodEvictionPolicy: "AlwaysAllow",
                selector: { matchLabels: labels.selector },
            },
        },
        opts,
    );
}
