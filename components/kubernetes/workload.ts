import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels";
import { progressDeadline, renderWorkloadAnnotations } from "./rollout";
import { parseObjectName } from "./resource-names";
import { type ServicePort, createService } from "./service";

export interface WorkloadArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    readonly rolloutTimeout: string;
    /** @default 1 */
    readonly replicas?: number | AutoscaledReplicas;
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

/** The number of pods belongs to an autoscaler. */
interface AutoscaledReplicas {
    /** Number of pods of a new workload. */
    readonly initial: number;
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
    const { namespace, labels, rolloutTimeout, strategy, replicas = 1 } = args;
    const metadata = { name: parseObjectName(name), namespace, labels: labels.all };
    const autoscaled = typeof replicas === "object";
    const pods = {
        replicas: autoscaled ? replicas.initial : replicas,
        selector: { matchLabels: labels.selector },
        template: args.template,
    };
    const workloadOpts = autoscaled ? ignoreReplicas(opts) : opts;
    const autoscalingAnnotations = autoscaled ? AUTOSCALING_ANNOTATIONS : {};
    if (typeof strategy === "object") {
        const timeout = renderWorkloadAnnotations(rolloutTimeout, autoscaled ? undefined : replicas);
        new StatefulSet(
            name,
            {
                metadata: { ...metadata, annotations: { ...timeout, ...autoscalingAnnotations } },
                spec: { ...pods, ...statefulSpec(strategy) },
            },
            workloadOpts,
        );
    } else {
        const progressDeadlineSeconds = progressDeadline(rolloutTimeout);
        new Deployment(
            name,
            {
                metadata: {
                    ...metadata,
                    annotations: { ...renderWorkloadAnnotations(rolloutTimeout), ...autoscalingAnnotations },
                },
                spec: { ...pods, progressDeadlineSeconds, strategy: DEPLOYMENT_STRATEGIES[strategy] },
            },
            workloadOpts,
        );
    }
    if (args.ports.length > 0) {
        createService(name, { namespace, labels, ports: args.ports }, opts);
    }
}

/**
 * Leaves the number of pods to the autoscaler. The field stays in the inputs: if it left them when autoscaling is
 * enabled, the API server would set its default, one pod.
 */
function ignoreReplicas(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), "spec.replicas"] };
}

/**
 * Differs from a workload with a fixed number. When autoscaling is disabled, Pulumi then updates the workload, and sets
 * its number, even if Pulumi's state already contains that number.
 */
const AUTOSCALING_ANNOTATIONS = {
    "kubernetes.io/description": "A HorizontalPodAutoscaler sets the number of pods.",
} as const;

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

const DEPLOYMENT_STRATEGIES: Readonly<Record<"Recreate" | "RollingUpdate", types.input.apps.v1.DeploymentStrategy>> = {
    Recreate: { type: "Recreate" },
    RollingUpdate: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
};
