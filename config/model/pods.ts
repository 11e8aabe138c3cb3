import type { PullPolicy } from "../schema/images";
import type { StackSettings } from "../schema/schema";
import { WORKLOADS, type Workload } from "../schema/workloads";

/** What the settings say about the pods of a workload. */
export interface PodPlan {
    readonly pullPolicy: PullPolicy;
}

export type PodPlans = Readonly<Record<Workload, PodPlan>>;

export function resolvePods(settings: StackSettings): PodPlans {
    return Object.fromEntries(WORKLOADS.map((workload) => [workload, resolvePodPlan(settings)])) as Record<
        Workload,
        PodPlan
    >;
}

function resolvePodPlan({ images }: StackSettings): PodPlan {
    return { pullPolicy: images.pullPolicy };
}
