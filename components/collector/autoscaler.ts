import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Autoscaling } from "../../config/model/autoscaling";
import type { Labels } from "../kubernetes/labels";
import { parseObjectName } from "../kubernetes/resource-names";

export interface AutoscalerArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** What it scales, of the autoscaler's own name. */
    readonly kind: "Deployment" | "StatefulSet";
    readonly scaling: Autoscaling;
}

type Behavior = types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior;

/** One pod a minute: what its clients send goes to the others then, which show by their load whether they can take it. */
const ONE_POD_PER_MINUTE = { type: "Pods", value: 1, periodSeconds: 60 } as const;

/** Sets the number of pods by their load. The workload itself must not: each update would take the number back. */
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

/** An amount: a percentage would be one of the request, which says little of what a pod can take. */
function averageValueMetric(name: "cpu" | "memory", averageValue: string): types.input.autoscaling.v2.MetricSpec {
    return { type: "Resource", resource: { name, target: { type: "AverageValue", averageValue } } };
}

/** Adding follows the load at once, as Kubernetes has it by default, unless what is added has to stay. */
function renderBehavior({ scaleDownSeconds }: Autoscaling): Behavior {
    return scaleDownSeconds === undefined
        ? {
              scaleUp: { stabilizationWindowSeconds: 60, policies: [ONE_POD_PER_MINUTE] },
              scaleDown: { selectPolicy: "Disabled" },
          }
        : { scaleDown: { stabilizationWindowSeconds: scaleDownSeconds, policies: [ONE_POD_PER_MINUTE] } };
}
