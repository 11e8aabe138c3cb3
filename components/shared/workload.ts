import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { awaitTimeout, progressDeadline } from "./rollout";

/** A port of the Service; the container's port of the same name stands behind it. */
export interface ServicePort {
    readonly name: string;
    readonly port: number;
    readonly appProtocol: "grpc" | "http" | "https";
}

export interface WorkloadArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    readonly rolloutTimeout: string;
    /** @default 1 */
    readonly replicas?: number;
    /**
     * `Recreate` for what keeps state: two stores behind one Service would each know half of the data. `RollingUpdate`
     * for the rest: the old pods serve until new ones do, also if those never come up.
     */
    readonly strategy: "Recreate" | "RollingUpdate";
    readonly template: types.input.core.v1.PodTemplateSpec;
    /** Of the Service; there is none where nobody calls. */
    readonly ports: readonly ServicePort[];
}

/** A Deployment, and the Service of the same name that leads to its pods. */
export function workload(name: string, args: WorkloadArgs, opts: pulumi.CustomResourceOptions): void {
    const { namespace, labels, rolloutTimeout } = args;
    const metadata = { name, namespace, labels: labels.all, annotations: awaitTimeout(rolloutTimeout) };
    new Deployment(
        name,
        {
            metadata,
            spec: {
                replicas: args.replicas ?? 1,
                progressDeadlineSeconds: progressDeadline(rolloutTimeout),
                strategy: STRATEGIES[args.strategy],
                selector: { matchLabels: labels.selector },
                template: args.template,
            },
        },
        opts,
    );
    if (args.ports.length > 0) {
        new Service(name, { metadata, spec: { selector: labels.selector, ports: servicePorts(args.ports) } }, opts);
    }
}

export function servicePorts(ports: readonly ServicePort[]): types.input.core.v1.ServicePort[] {
    return ports.map((port) => ({ ...port, targetPort: port.name }));
}

const STRATEGIES: Readonly<Record<WorkloadArgs["strategy"], types.input.apps.v1.DeploymentStrategy>> = {
    Recreate: { type: "Recreate" },
    RollingUpdate: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
};
