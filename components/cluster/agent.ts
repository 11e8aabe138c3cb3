import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { goMemLimit } from "../../config/sizing";
import { COLLECTOR_USER, CONFIG_FILE } from "../collector/pod";
import { COLLECTOR_PORTS } from "../collector/ports";
import { type ApiRule, apiAccess } from "../shared/api-access";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { type Labels, labelsFor } from "../shared/labels";
import { NOBODY, leavingSlowly, mountFile, podTemplate, probes } from "../shared/pod";
import { SERVICE_ANNOTATIONS, renderWorkloadAnnotations } from "../shared/rollout";
import { rootPod } from "../shared/security";
import { servicePorts } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { type AgentConfigArgs, agentConfig } from "./agent-config";
import { APPLICATION_PORTS } from "./applications";
import { NODE_ADDRESS, NODE_NAME } from "./names";
import { CHECKPOINT_FOLDER, POD_LOGS, READ_WHAT_IS_SENT } from "./pod-logs";

/** Time to send what the last look has found. */
const GRACE_SECONDS = 30;

const KUBELET_RULES: readonly ApiRule[] = [{ apiGroups: [""], resources: ["nodes/stats"], verbs: ["get"] }];

export interface AgentArgs extends AgentConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** Of the node, for how far each file was read and what waits; no other stack may have it. */
    readonly checkpointFolder: string;
    /** Name of the ClusterRole, which no other stack may have. */
    readonly role: string;
}

/**
 * A Collector on each node: reads the logs of its pods, and what the kubelet and the node say of themselves, and takes
 * what its pods send.
 */
export class Agent extends pulumi.ComponentResource {
    constructor(name: string, args: AgentArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Agent", name, args, opts);

        const { cluster, image, namespace, role, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "agent", image });
        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(agentConfig(args)) } },
            { parent: this },
        );
        const account = cluster.kubeletMetrics.enabled
            ? apiAccess(name, { namespace, labels, role, rules: KUBELET_RULES }, { parent: this })
            : undefined;
        const metadata = { name, namespace, labels: labels.all };
        new DaemonSet(
            name,
            {
                metadata: { ...metadata, annotations: renderWorkloadAnnotations(rolloutTimeout) },
                spec: {
                    selector: { matchLabels: labels.selector },
                    template: agentPod(args, labels, config.metadata.name, account),
                    updateStrategy: updateStrategy(args),
                },
            },
            { parent: this },
        );
        if (cluster.otlp.enabled) {
            new Service(
                name,
                {
                    metadata: { ...metadata, annotations: SERVICE_ANNOTATIONS },
                    spec: {
                        // To the agent of one's own node, or to none.
                        internalTrafficPolicy: "Local",
                        selector: labels.selector,
                        ports: servicePorts(APPLICATION_PORTS),
                    },
                },
                { parent: this },
            );
        }

        this.registerOutputs();
    }
}

/** The next agent of a node takes over before the last one goes, but where both would need the same files. */
function updateStrategy({ cluster, keepsOnNode }: AgentArgs): types.input.apps.v1.DaemonSetUpdateStrategy {
    return cluster.otlp.enabled && !keepsOnNode
        ? { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
        : { type: "RollingUpdate" };
}

function agentPod(
    args: AgentArgs,
    labels: Labels,
    config: pulumi.Input<string>,
    account: pulumi.Input<string> | undefined,
): types.input.core.v1.PodTemplateSpec {
    const { otlp, resources, podLogs } = args.cluster;
    const file = mountFile(config, CONFIG_FILE);
    const logs = podLogs.enabled ? logVolumes() : NONE;
    const kept = args.keepsOnNode ? checkpointVolumes(args.checkpointFolder) : NONE;
    const applications = otlp.enabled ? APPLICATION_PORTS : [];
    return podTemplate({
        name: "otel-agent",
        labels,
        image: args.image,
        user: COLLECTOR_USER,
        args: [`--config=${CONFIG_FILE}`, ...(podLogs.enabled ? [READ_WHAT_IS_SENT] : [])],
        resources,
        serviceAccount: account ?? NOBODY,
        container: {
            env: [
                { name: "GOMEMLIMIT", value: goMemLimit(resources.limits.memory) },
                { name: NODE_ADDRESS, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
                { name: NODE_NAME, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
            ],
            ...(otlp.enabled ? leavingSlowly() : {}),
            ports: [
                { name: "health", containerPort: COLLECTOR_PORTS.health },
                ...applications.map(({ name, port }) => ({ name, containerPort: port })),
            ],
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [file.mount, ...logs.mounts, ...kept.mounts],
        },
        spec: {
            // The logs are root's, and so is a folder that the kubelet makes.
            ...(args.keepsOnNode ? { securityContext: rootPod() } : {}),
            terminationGracePeriodSeconds: GRACE_SECONDS,
            // Whatever a node is reserved for, its pods write logs.
            tolerations: [{ operator: "Exists" }],
            volumes: [file.volume, ...logs.volumes, ...kept.volumes],
        },
    });
}

interface NodeVolumes {
    readonly mounts: readonly types.input.core.v1.VolumeMount[];
    readonly volumes: readonly types.input.core.v1.Volume[];
}

const NONE: NodeVolumes = { mounts: [], volumes: [] };

function logVolumes(): NodeVolumes {
    return {
        mounts: [{ name: "pod-logs", mountPath: POD_LOGS, readOnly: true }],
        volumes: [{ name: "pod-logs", hostPath: { path: POD_LOGS, type: "Directory" } }],
    };
}

function checkpointVolumes(folder: string): NodeVolumes {
    return {
        mounts: [{ name: "checkpoints", mountPath: CHECKPOINT_FOLDER }],
        volumes: [{ name: "checkpoints", hostPath: { path: folder, type: "DirectoryOrCreate" } }],
    };
}
