import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { SERVICE_ANNOTATIONS, progressDeadline, renderWorkloadAnnotations } from "./rollout";
import { parseObjectName } from "./resource-names";

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
    /** `autoscaled` leaves the number to who scales: one that stands here would be set again by each update. @default 1 */
    readonly replicas?: number | "autoscaled";
    /**
     * `Recreate` for what keeps state in the pod: two stores behind one Service would each know half of the data.
     * `RollingUpdate` for what keeps none: the old pods serve until new ones do, also if those never come up.
     * `Stateful` for what holds a lock on a volume.
     */
    readonly strategy: "Recreate" | "RollingUpdate" | StatefulStrategy;
    readonly template: types.input.core.v1.PodTemplateSpec;
    /** Of the Service; there is none where nobody calls. */
    readonly ports: readonly ServicePort[];
}

/**
 * A StatefulSet: a pod starts only when the one before it has ended for good, so that no two of them open a volume. A
 * Deployment starts the next while the last still ends.
 */
export interface StatefulStrategy {
    /** The Service that gives each pod a name. */
    readonly governingService: string;
    /** Volumes that each pod has of its own. They stay when the StatefulSet goes: what they hold may be wanted. */
    readonly claims?: readonly types.input.core.v1.PersistentVolumeClaim[];
}

/** A Deployment or StatefulSet, and the Service of the same name that leads to its pods. */
export function createWorkload(name: string, args: WorkloadArgs, opts: pulumi.CustomResourceOptions): void {
    const { namespace, labels, rolloutTimeout, strategy } = args;
    const metadata = { name: parseObjectName(name), namespace, labels: labels.all };
    const pods = {
        ...(args.replicas === "autoscaled" ? {} : { replicas: args.replicas ?? 1 }),
        selector: { matchLabels: labels.selector },
        template: args.template,
    };
    if (typeof strategy === "object") {
        const annotations = renderWorkloadAnnotations(rolloutTimeout, pods.replicas);
        new StatefulSet(
            name,
            { metadata: { ...metadata, annotations }, spec: { ...pods, ...statefulSpec(strategy) } },
            opts,
        );
    } else {
        const progressDeadlineSeconds = progressDeadline(rolloutTimeout);
        new Deployment(
            name,
            {
                metadata: { ...metadata, annotations: renderWorkloadAnnotations(rolloutTimeout) },
                spec: { ...pods, progressDeadlineSeconds, strategy: DEPLOYMENT_STRATEGIES[strategy] },
            },
            opts,
        );
    }
    if (args.ports.length > 0) {
        new Service(
            name,
            {
                metadata: { ...metadata, annotations: SERVICE_ANNOTATIONS },
                spec: { selector: labels.selector, ports: renderServicePorts(args.ports) },
            },
            opts,
        );
    }
}

function statefulSpec({ governingService, claims = [] }: StatefulStrategy) {
    return {
        serviceName: governingService,
        // One by one, a pod that does not come up would keep a better one from replacing it.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        ...(claims.length === 0
            ? {}
            : {
                  volumeClaimTemplates: [...claims],
                  persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
              }),
    };
}

export function renderServicePorts(ports: readonly ServicePort[]): types.input.core.v1.ServicePort[] {
    return ports.map((port) => ({ ...port, targetPort: port.name }));
}

const DEPLOYMENT_STRATEGIES: Readonly<Record<"Recreate" | "RollingUpdate", types.input.apps.v1.DeploymentStrategy>> = {
    Recreate: { type: "Recreate" },
    RollingUpdate: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
};
