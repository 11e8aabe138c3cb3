import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createCollectorConfigMap } from "../collector/config-map";
import { COLLECTOR_USER, CONFIG_FILE } from "../collector/pod";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { type ClusterRoleRule, createServiceAccount } from "../kubernetes/service-account";
import { type Labels, labelsFor } from "../kubernetes/labels";
import {
    DEFAULT_SERVICE_ACCOUNT,
    preStopSleep,
    type MountedVolumes,
    NO_VOLUMES,
    type PodOptions,
    goMemLimitEnv,
    mountConfigMapFiles,
    renderPodTemplate,
    probes,
} from "../kubernetes/pod";
import { renderWorkloadAnnotations } from "../kubernetes/rollout";
import { rootPodSecurity } from "../kubernetes/security";
import { createService } from "../kubernetes/service";
import { type AgentConfigArgs, renderAgentConfig } from "./agent-config";
import { AGENT_OTLP_PORTS, type AgentEndpoints, agentEndpoints } from "./agent-otlp";
import { NODE_IP_ENV, NODE_NAME_ENV } from "./names";
import { CHECKPOINT_DIR, POD_LOGS_DIR, SYNC_LOG_EMITTER_GATE } from "./pod-logs";
import { parseObjectName } from "../kubernetes/resource-names";

/** Time to send the entries that were read last. */
const GRACE_SECONDS = 30;

const KUBELET_RULES: readonly ClusterRoleRule[] = [{ apiGroups: [""], resources: ["nodes/stats"], verbs: ["get"] }];

export interface AgentArgs extends AgentConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly rolloutTimeout: string;
    /** Directory of the node for read offsets and queues. Each stack needs its own. */
    readonly checkpointHostPath: string;
    /** Name of the ClusterRole, unique in the cluster. */
    readonly clusterRoleName: string;
}

/**
 * A Collector on each node. It reads the logs of the node's pods and the metrics of the kubelet and the node, and
 * receives OTLP from the node's pods.
 */
export class Agent extends pulumi.ComponentResource {
    /** Endpoints for applications. Undefined if the agents accept no OTLP. */
    readonly endpoints: pulumi.Output<AgentEndpoints> | undefined;

    constructor(name: string, args: AgentArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Agent", name, args, opts);

        const { clusterTelemetry, image, namespace, clusterRoleName, rolloutTimeout } = args;
        const objectName = parseObjectName(name);
        const labels = labelsFor({ name: objectName, component: "agent", image });
        const config = createCollectorConfigMap(name, renderAgentConfig(args), { namespace, labels }, { parent: this });
        const serviceAccount = clusterTelemetry.kubeletMetrics.enabled
            ? createServiceAccount(name, { namespace, labels, clusterRoleName, rules: KUBELET_RULES }, { parent: this })
            : undefined;
        new DaemonSet(
            name,
            {
                metadata: {
                    name: objectName,
                    namespace,
                    labels: labels.all,
                    annotations: renderWorkloadAnnotations(rolloutTimeout),
                },
                spec: {
                    selector: { matchLabels: labels.selector },
                    template: renderAgentPod(args, labels, config, serviceAccount),
                    updateStrategy: resolveUpdateStrategy(args),
                },
            },
            { parent: this },
        );
        if (clusterTelemetry.agentOtlp.enabled) {
            createService(
                name,
                {
                    namespace,
                    labels,
                    // Only to the agent on the client's node.
                    internalTrafficPolicy: "Local",
                    ports: AGENT_OTLP_PORTS,
                },
                { parent: this },
            );
        }

        this.endpoints = clusterTelemetry.agentOtlp.enabled
            ? pulumi.output(namespace).apply((ns) => agentEndpoints(objectName, ns))
            : undefined;
        this.registerOutputs(this.endpoints ? { endpoints: this.endpoints } : {});
    }
}

/** The new agent of a node starts before the old one stops, unless both would need the same files. */
function resolveUpdateStrategy({ clusterTelemetry, plan }: AgentArgs): types.input.apps.v1.DaemonSetUpdateStrategy {
    return clusterTelemetry.agentOtlp.enabled && !plan.storesOnNodes
        ? { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
        : { type: "RollingUpdate" };
}

function renderAgentPod(
    args: AgentArgs,
    labels: Labels,
    config: pulumi.Input<string>,
    serviceAccount: pulumi.Input<string> | undefined,
): types.input.core.v1.PodTemplateSpec {
    const { agentOtlp, resources, podLogs } = args.clusterTelemetry;
    const file = mountConfigMapFiles(config, [CONFIG_FILE]);
    const logs = podLogs.enabled ? logVolumes() : NO_VOLUMES;
    const checkpoints = args.plan.storesOnNodes ? checkpointVolumes(args.checkpointHostPath) : NO_VOLUMES;
    const otlpPorts = agentOtlp.enabled ? AGENT_OTLP_PORTS : [];
    return renderPodTemplate({
        name: "otel-agent",
        labels,
        image: args.image,
        user: COLLECTOR_USER,
        args: [`--config=${CONFIG_FILE}`, ...(podLogs.enabled ? [SYNC_LOG_EMITTER_GATE] : [])],
        resources,
        pods: args.pods,
        serviceAccount: serviceAccount ?? DEFAULT_SERVICE_ACCOUNT,
        container: {
            env: [
                goMemLimitEnv(resources),
                { name: NODE_IP_ENV, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
                { name: NODE_NAME_ENV, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
            ],
            ...(agentOtlp.enabled ? preStopSleep() : {}),
            ports: [
                { name: "health", containerPort: COLLECTOR_PORTS.health },
                ...otlpPorts.map(({ name, port }) => ({ name, containerPort: port })),
            ],
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [...file.mounts, ...logs.mounts, ...checkpoints.mounts],
        },
        spec: {
            // Root owns the log files and any directory that the kubelet creates.
            ...(args.plan.storesOnNodes ? { securityContext: rootPodSecurity() } : {}),
            terminationGracePeriodSeconds: GRACE_SECONDS,
            volumes: [...file.volumes, ...logs.volumes, ...checkpoints.volumes],
        },
    });
}

function logVolumes(): MountedVolumes {
    return {
        mounts: [{ name: "pod-logs", mountPath: POD_LOGS_DIR, readOnly: true }],
        volumes: [{ name: "pod-logs", hostPath: { path: POD_LOGS_DIR, type: "Directory" } }],
    };
}

function checkpointVolumes(folder: string): MountedVolumes {
    return {
        mounts: [{ name: "checkpoints", mountPath: CHECKPOINT_DIR }],
        volumes: [{ name: "checkpoints", hostPath: { path: folder, type: "DirectoryOrCreate" } }],
    };
}
