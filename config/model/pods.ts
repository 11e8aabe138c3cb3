import type { PullPolicy } from "../schema/images";
import type { PodSettings, StackSettings } from "../schema/schema";
import { WORKLOADS, type Workload } from "../schema/workloads";

/** What the settings say about the pods of a workload. */
export interface PodPlan extends PodSettings {
    readonly pullPolicy: PullPolicy;
    readonly nodeSelector: Readonly<Record<string, string>>;
}

/** `agent` is the workload on each node; the other one of `clusterTelemetry` is a single pod. */
export type PodPlans = Readonly<Record<Workload | "agent", PodPlan>>;

export function resolvePods(settings: StackSettings): PodPlans {
    const base = { pullPolicy: settings.images.pullPolicy, nodeSelector: { "kubernetes.io/os": "linux" } };
    const plans = WORKLOADS.map((workload) => [
        workload,
        [
            workload === "clusterTelemetry" ? omitSecrets(settings.pods) : settings.pods,
            settings[workload].pods,
        ].reduce<PodPlan>(mergePods, base),
    ]);
    return {
        ...(Object.fromEntries(plans) as Record<Workload, PodPlan>),
        agent: [resolveNodeAgentPods(settings.pods), settings.clusterTelemetry.pods].reduce<PodPlan>(mergePods, base),
    };
}

/** Cluster telemetry has a Namespace of its own, which does not have the Secrets. */
function omitSecrets(pods: PodSettings): PodSettings {
    return Object.fromEntries(Object.entries(pods).filter(([key]) => key !== "envFrom"));
}

/** Pods on all nodes write logs. What limits other workloads to some nodes must not remove agents. */
function resolveNodeAgentPods({ annotations, labels, priorityClassName, runtimeClassName }: PodSettings): PodSettings {
    return {
        ...(annotations === undefined ? {} : { annotations }),
        ...(labels === undefined ? {} : { labels }),
        ...(priorityClassName === undefined ? {} : { priorityClassName }),
        ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
        tolerations: [{ operator: "Exists" }],
    };
}

/** Maps are merged by their keys. A list or a name replaces the one before. */
function mergePods(before: PodPlan, { affinity, annotations, labels, nodeSelector, ...others }: PodSettings): PodPlan {
    return {
        ...before,
        ...others,
        ...mergeMaps("affinity", before.affinity, affinity),
        ...mergeMaps("annotations", before.annotations, annotations),
        ...mergeMaps("labels", before.labels, labels),
        nodeSelector: { ...before.nodeSelector, ...nodeSelector },
    };
}

function mergeMaps<Key extends "affinity" | "annotations" | "labels">(
    key: Key,
    before: PodSettings[Key],
    own: PodSettings[Key],
): Partial<Record<Key, PodSettings[Key]>> {
    return before === undefined && own === undefined
        ? {}
        : ({ [key]: { ...before, ...own } } as Partial<Record<Key, PodSettings[Key]>>);
}
