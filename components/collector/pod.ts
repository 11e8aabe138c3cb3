import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { QueuePlan } from "../../config/model/durability";
import type { ResourceSettings } from "../../config/schema/schema";
import type { Labels } from "../kubernetes/labels";
import {
    type MountedVolumes,
    NO_VOLUMES,
    type PodOptions,
    spreadAcrossNodes,
    DEFAULT_SERVICE_ACCOUNT,
    preStopSleep,
    goMemLimitEnv,
    mountConfigMapFiles,
    renderPodTemplate,
    probes,
} from "../kubernetes/pod";
import type { ServicePort } from "../kubernetes/service";
import type { DestinationMounts } from "./config/destination-exporters";
import { QUEUE_MOUNT } from "./config/queue-storage";
import { POD_NAME_ENV } from "./config/span-metrics";

export const CONFIG_FILE = "/etc/otelcol-contrib/config.yaml";
/** USER of the Collector's image. */
export const COLLECTOR_USER = 10001;
/**
 * For the container's log. The debug exporter writes faster than the kubelet rotates the log, and a pod above the limit
 * is evicted.
 */
const EPHEMERAL_STORAGE = { request: "64Mi", limit: "512Mi" } as const;
/** Time for the preStop delay and for sending the queues' content. */
const GRACE_SECONDS = 45;

export interface CollectorPodArgs {
    readonly image: string;
    readonly resources: ResourceSettings;
    readonly pods: PodOptions;
    readonly queues: QueuePlan;
    readonly ports: readonly ServicePort[];
    /** Name of the ConfigMap. */
    readonly config: pulumi.Input<string>;
    readonly destinationMounts: DestinationMounts;
    readonly secureListenerMounts?: MountedVolumes;
    /** The ServiceAccount whose token is mounted. Undefined mounts no token. */
    readonly serviceAccount?: pulumi.Input<string>;
    /** Feature gates that the configuration needs. */
    readonly featureGates?: readonly string[];
    /** Whether the workload can have several pods. */
    readonly multiReplica: boolean;
    /** Seconds to add to the usual preStop delay. */
    readonly extraPreStopSeconds?: number;
}

/** Renders the pod template of a Collector of any tier. */
export function renderCollectorPod(args: CollectorPodArgs, labels: Labels): types.input.core.v1.PodTemplateSpec {
    const {
        serviceAccount,
        config,
        featureGates = [],
        destinationMounts,
        secureListenerMounts = NO_VOLUMES,
        extraPreStopSeconds = 0,
        ports,
        queues,
        resources,
        multiReplica,
    } = args;
    const file = mountConfigMapFiles(config, [CONFIG_FILE]);
    return renderPodTemplate({
        name: "otel-collector",
        labels,
        image: args.image,
        user: COLLECTOR_USER,
        args: [`--config=${CONFIG_FILE}`, ...featureGates],
        resources,
        pods: args.pods,
        ephemeralStorage: EPHEMERAL_STORAGE,
        serviceAccount: serviceAccount ?? DEFAULT_SERVICE_ACCOUNT,
        container: {
            env: [
                goMemLimitEnv(resources),
                { name: POD_NAME_ENV, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                ...destinationMounts.env,
            ],
            ...preStopSleep(extraPreStopSeconds),
            ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [
                ...file.mounts,
                ...secureListenerMounts.mounts,
                ...destinationMounts.mounts,
                ...(queues.volume ? [QUEUE_MOUNT] : []),
            ],
        },
        spec: {
            ...(multiReplica ? spreadAcrossNodes(labels) : {}),
            terminationGracePeriodSeconds: GRACE_SECONDS + extraPreStopSeconds,
            volumes: [...file.volumes, ...secureListenerMounts.volumes, ...destinationMounts.volumes],
        },
    });
}
