import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Autoscaling } from "../../config/model/autoscaling";
import type { Labels } from "../kubernetes/labels";
import { parseObjectName } from "../kubernetes/resource-names";

export interface AutoscalerArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** The workload to scale. It has the autoscaler's name. */
    readonly kind: "Deployment" | "StatefulSet";
    readonly scaling: Autoscaling;
}

type Behavior = types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior;

/**
 * Removes one pod per minute. Its clients reconnect to the other pods, whose load then shows whether they can handle
 * it.
 */
const ONE_POD_PER_MINUTE = { type: "Pods", value: 1, periodSeconds: 60 } as const;

/** Scales the workload by load. Updates must ignore its `replicas`, otherwise each would reset the number. */
export function createAutoscaler(
    name: string,
    { namespace, labels, kind, scaling }: AutoscalerArgs,
    opts: pulumi.CustomResourceOptions,
): HorizontalPodAutoscaler {
    const { minReplicas, maxReplicas, cpuMillis, memoryMiB } = scaling;
    const objectName = parseObjectName(name);
    return new HorizontalPodAutoscaler(
        name,
        {
            metadata: { name: objectName, namespace, labels: labels.all },
            spec: {
                scaleTargetRef: { apiVersion: "apps/v1", kind, name: objectName },
                minReplicas,
                maxReplicas,
                metrics: [
                    averageValueMetric("cpu", `${cpuMillis}m`),
                    ...(memoryMiB === undefined ? [] : [averageValueMetric("memory", `${memoryMiB}Mi`)]),
                ],
                behavior: renderBehavior(scaling),
            },
        },
        opts,
    );
}

/**
 * Uses an absolute value. A percentage would be relative to the request, which is much smaller than a pod's capacity.
 */
function averageValueMetric(name: "cpu" | "memory", averageValue: string): types.input.autoscaling.v2.MetricSpec {
    return { type: "Resource", resource: { name, target: { type: "AverageValue", averageValue } } };
}

/** Scales up without delay, which is Kubernetes' default, unless new pods must stay. */
function renderBehavior({ scaleDownSeconds }: Autoscaling): Behavior {
    return scaleDownSeconds === undefined
        ? {
              scaleUp: { stabilizationWindowSeconds: 60, policies: [ONE_POD_PER_MINUTE] },
              scaleDown: { selectPolicy: "Disabled" },
          }
        : { scaleDown: { stabilizationWindowSeconds: scaleDownSeconds, policies: [ONE_POD_PER_MINUTE] } };
}
