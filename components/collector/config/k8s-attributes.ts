import type { ClusterRoleRule } from "../../kubernetes/service-account";
import type { CollectorConfig, ProcessorId, ProcessorTypes } from "./types/collector-config";

const K8S_ATTRIBUTES = "k8s_attributes" as const satisfies ProcessorId;
const DROP_NODE_IPS = "transform/drop-node-ips" as const satisfies ProcessorId;

/** Attributes that agents add: the address of the sender, and the address of the agent's node. */
export const SENDER_IP = "k8s.pod.ip";
export const NODE_IP = "k8s.node.ip";

export interface PodAttributes {
    /** Name of the ClusterRole, unique in the cluster. */
    readonly clusterRoleName: string;
    /** Name prefixes of the agents' pods. Telemetry that an agent forwards must not be attributed to the agent. */
    readonly agentNames: readonly string[];
    /** Whether agents forward telemetry of other pods and record the sender's address. */
    readonly viaAgent: boolean;
}

/** Pods only. The names of workloads are derived from the pod's owner reference. */
export const POD_ATTRIBUTES_RULES: readonly ClusterRoleRule[] = [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
];

/** No `service.*` attributes: the sender sets them, and for pod logs the agent does. */
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

/** The processors that add pod attributes, in order. */
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
 * All pods in the node's network share the node's IP, and source NAT rewrites addresses to it. So telemetry from a
 * node's IP has no known pod. By connection the processor never matches these pods, but by attribute it would.
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

/**
 * Adds pod attributes. The processor finds the pod by the attributes of the telemetry first, and then by the address of
 * the connection.
 */
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
