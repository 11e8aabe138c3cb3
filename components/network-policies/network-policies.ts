import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { STACK_LABELS, selectorFor } from "../kubernetes/labels";
import type { Flow } from "./flow";
import { type Policy, renderAllowPolicies, renderDenyAllPolicy } from "./render";

export interface NetworkPoliciesArgs {
    readonly namespace: pulumi.Input<string>;
    /** All allowed connections. */
    readonly flows: readonly Flow[];
    /** Whether the Namespace belongs to the stack alone. If so, all of its pods are denied by default. */
    readonly ownsNamespace: boolean;
}

/** Denies all connections except the stack's own. Each policy has the name of its workload. */
export class NetworkPolicies extends pulumi.ComponentResource {
    constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:NetworkPolicies", name, args, opts);

        const allowed = renderAllowPolicies(args.flows).map((createPolicy) =>
            this.policy(name, createPolicy, args.namespace),
        );
        // Created last and deleted first, so that connections of a running stack are never interrupted.
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
