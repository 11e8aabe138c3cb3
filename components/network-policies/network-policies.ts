import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { STACK_LABELS, selectorFor } from "../kubernetes/labels";
import type { Flow } from "../stack/flows";
import { type Policy, renderAllowPolicies, renderDenyAllPolicy } from "./render";

export interface NetworkPoliciesArgs {
    readonly namespace: pulumi.Input<string>;
    /** All that is let through. */
    readonly flows: readonly Flow[];
    /** Whether the Namespace is the stack's alone, so that its other pods are denied everything too. */
    readonly ownsNamespace: boolean;
}

/** Closes the network to everything but the stack's own flows; a workload's policy has the workload's name. */
export class NetworkPolicies extends pulumi.ComponentResource {
    constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:NetworkPolicies", name, args, opts);

        const allowed = renderAllowPolicies(args.flows).map((createPolicy) =>
            this.policy(name, createPolicy, args.namespace),
        );
        // Last, and the first to go: in a stack that runs nothing is cut off in between.
        this.policy(name, renderDenyAllPolicy(args.ownsNamespace), args.namespace, allowed);

        this.registerOutputs();
    }

    private policy(
        prefix: string,
        { name, description, spec }: Policy,
        namespace: pulumi.Input<string>,
        dependsOn: readonly NetworkPolicy[] = [],
    ): NetworkPolicy {
        const labels = { ...selectorFor(name), ...STACK_LABELS, "app.kubernetes.io/component": "network-policy" };
        const annotations = { "kubernetes.io/description": description };
        return new NetworkPolicy(
            `${prefix}-${name}`,
            { metadata: { name, namespace, labels, annotations }, spec },
            { parent: this, dependsOn: [...dependsOn] },
        );
    }
}
