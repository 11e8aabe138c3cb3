import type { ApiRule } from "../shared/api-access";
import type { ProcessorId, ProcessorTypes } from "./types";

export const K8S_ATTRIBUTES = "k8s_attributes" as const satisfies ProcessorId;

export interface PodAttributes {
    /** Name of the ClusterRole, which no other stack may have. */
    readonly role: string;
    /** What the names of pods start with that send of others, and are not to be taken for those. */
    readonly collectors: readonly string[];
}

/** The names of workloads follow from the pod's owner: nothing but pods is looked at. */
export const POD_ATTRIBUTES_RULES: readonly ApiRule[] = [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
];

/** No `service.*`: whoever sends says what it is, and for logs the agent does. */
const ADDED = [
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.node.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.job.name",
    "k8s.cronjob.name",
];

/** Adds to telemetry of which pod it is: that which it names, else that from whose address it came. */
export function k8sAttributes({ collectors }: PodAttributes): ProcessorTypes["k8s_attributes"] {
    return {
        auth_type: "serviceAccount",
        extract: { metadata: ADDED },
        pod_association: [
            { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
            {
                sources: [
                    { from: "resource_attribute", name: "k8s.pod.name" },
                    { from: "resource_attribute", name: "k8s.namespace.name" },
                ],
            },
            { sources: [{ from: "connection" }] },
        ],
        exclude: { pods: collectors.map((name) => ({ name: `^${name}-` })) },
    };
}
