import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { SERVICE_ANNOTATIONS, progressDeadline, renderWorkloadAnnotations } from "./rollout";
import { parseObjectName } from "./resource-names";

/** A port of the Service. Its target is the container's port with the same name. */
export interface ServicePort {
    readonly name: string;
    readonly port: number;
    readonly appProtocol: "grpc" | "http" | "https";
}

export interface WorkloadArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    readonly rolloutTimeout: string;
    /** `autoscaled` omits the field. Otherwise each update would reset the autoscaler's number. @default 1 */
    readonly replicas?: number | "autoscaled";
    /**
     * `Recreate` for workloads with state in the pod, because two backends behind one Service would each have half of
     * the data.
     * `RollingUpdate` for stateless workloads: the old pods serve until the new ones are ready, even if they never are.
     * `Stateful` for workloads that lock a volume.
     */
    readonly strategy: "Recreate" | "RollingUpdate" | StatefulStrategy;
    readonly template: types.input.core.v1.PodTemplateSpec;
    /** Ports of the Service. Without ports, there is no Service. */
    readonly ports: readonly ServicePort[];
}

/**
 * A StatefulSet: a pod starts only after its predecessor has terminated, so that two pods never use the same volume. A
 * Deployment starts the new pod earlier.
 */
interface StatefulStrategy {
    /** The headless Service that gives each pod a hostname. */
    readonly governingService: string;
    /**
     * Claim templates for a volume of each pod. Volumes stay when the StatefulSet is deleted, because their data may
     * still be needed.
     */
    readonly claims?: readonly types.input.core.v1.PersistentVolumeClaim[];
}

/** Creates a Deployment or StatefulSet, and a Service of the same name. */
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
        // With the default, a pod that does not become ready would block its replacement.
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
