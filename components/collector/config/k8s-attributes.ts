import type { ClusterRoleRule } from "../../kubernetes/service-account";
import type { CollectorConfig, ProcessorId, ProcessorTypes } from "./types/collector-config";

export const K8S_ATTRIBUTES = "k8s_attributes" as const satisfies ProcessorId;
const DROP_NODE_IPS = "transform/drop-node-ips" as const satisfies ProcessorId;

/** Attributes of what an agent passes on: the address that it had it from, and that of its own node. */
export const SENDER_IP = "k8s.pod.ip";
export const NODE_IP = "k8s.node.ip";

export interface PodAttributes {
    /** Name of the ClusterRole, which no other stack may have. */
    readonly clusterRoleName: string;
    /** What the names of pods start with that send of others, and are not to be taken for those. */
    readonly agentNames: readonly string[];
    /** Whether agents pass on what others sent, and say from which address they had it. */
    readonly viaAgent: boolean;
}

/** The names of workloads follow from the pod's owner: nothing but pods is looked at. */
export const POD_ATTRIBUTES_RULES: readonly ClusterRoleRule[] = [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
];

/** No `service.*`: whoever sends says what it is, and for logs the agent does. */
const EXTRACTED_METADATA = [
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

/** The processors that say of which pod telemetry is, in their order. */
export function podProcessorIds(pods: PodAttributes | undefined): readonly ProcessorId[] {
    return pods === undefined ? [] : [...(pods.viaAgent ? [DROP_NODE_IPS] : []), K8S_ATTRIBUTES];
}

export function renderPodProcessors(pods: PodAttributes): CollectorConfig["processors"] {
    return {
        ...(pods.viaAgent ? { [DROP_NODE_IPS]: dropNodeIps() } : {}),
        [K8S_ATTRIBUTES]: renderK8sAttributes(pods),
    };
}

/**
 * A node's address is that of all pods that share its network, and of all whose address was rewritten on the way: what
 * came from there is of nobody known. By the connection none of those pods is found, by an attribute they are.
 */
function dropNodeIps(): ProcessorTypes["transform"] {
    const ip = (key: string) => `resource.attributes["${key}"]`;
    const statements = [
        `delete_key(resource.attributes, "${SENDER_IP}") where ${ip(SENDER_IP)} == ${ip(NODE_IP)}`,
        `delete_key(resource.attributes, "${NODE_IP}")`,
    ];
    return {
        error_mode: "propagate",
        log_statements: statements,
        metric_statements: statements,
        trace_statements: statements,
    };
}

/** Adds to telemetry of which pod it is: that which it names, else that from whose address it came. */
function renderK8sAttributes({ agentNames, viaAgent }: PodAttributes): ProcessorTypes["k8s_attributes"] {
    return {
        auth_type: "serviceAccount",
        extract: { metadata: EXTRACTED_METADATA },
        pod_association: [
            { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
            {
                sources: [
                    { from: "resource_attribute", name: "k8s.pod.name" },
                    { from: "resource_attribute", name: "k8s.namespace.name" },
                ],
            },
            ...(viaAgent ? [{ sources: [{ from: "resource_attribute", name: SENDER_IP }] } as const] : []),
            { sources: [{ from: "connection" }] },
        ],
        exclude: { pods: agentNames.map((name) => ({ name: `^${name}-` })) },
    };
}
