import * as path from "node:path";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { goMemLimit } from "../../config/model/memory";
import type { PodPlan } from "../../config/model/pods";
import type { ResourceSettings } from "../../config/schema/schema";
import type { Labels } from "./labels";
import { restrictedContainerSecurity, restrictedPodSecurity } from "./security";

type PodTemplateSpec = types.input.core.v1.PodTemplateSpec;
type Container = types.input.core.v1.Container;

/** Disk space of a container for its log (Kubernetes keeps at most 50 MiB by default) and its files. */
export interface EphemeralStorage {
    readonly request: string;
    readonly limit: string;
}

export const LOG_EPHEMERAL_STORAGE: EphemeralStorage = { request: "64Mi", limit: "128Mi" };

/** What the settings say about the pods of a workload, and the Secrets of the stack with which nodes pull images. */
export interface PodOptions extends PodPlan {
    /** Names of the Secrets. */
    readonly pullSecrets: readonly pulumi.Input<string>[];
}

/** A pod with one container. Everything that is the same for all pods of the stack is set by `renderPodTemplate`. */
export interface PodArgs {
    readonly name: string;
    readonly labels: Labels;
    readonly image: string;
    /** The numeric user of the image. */
    readonly user: number;
    readonly args: readonly string[];
    readonly resources: ResourceSettings;
    readonly pods: PodOptions;
    /**
     * The ServiceAccount whose token is mounted. By default none. A pod that needs one only with some settings passes
     * `DEFAULT_SERVICE_ACCOUNT` otherwise, because the API server keeps the former account when the template names
     * none.
     */
    readonly serviceAccount?: pulumi.Input<string>;
    /** Disk space. By default enough for the container's log. */
    readonly ephemeralStorage?: EphemeralStorage;
    /** Ports, probes, environment variables and mounts. */
    readonly container?: Pick<
        Container,
        "env" | "lifecycle" | "livenessProbe" | "ports" | "readinessProbe" | "startupProbe" | "volumeMounts"
    >;
    readonly spec?: Pick<
        types.input.core.v1.PodSpec,
        "restartPolicy" | "securityContext" | "terminationGracePeriodSeconds" | "volumes"
    > & {
        /** The stack's own, which the settings can replace. */
        readonly affinity?: types.input.core.v1.Affinity;
    };
}

/** The account that every Namespace has, without any permissions. */
export const DEFAULT_SERVICE_ACCOUNT = "default";

/**
 * Renders a pod that meets the restricted Pod Security Standard, with no mounted token and no environment variables of
 * Services.
 */
export function renderPodTemplate(args: PodArgs): PodTemplateSpec {
    const { ephemeralStorage = LOG_EPHEMERAL_STORAGE, pods, resources } = args;
    return {
        metadata: renderPodMetadata(args),
        spec: {
            automountServiceAccountToken:
                args.serviceAccount !== undefined && args.serviceAccount !== DEFAULT_SERVICE_ACCOUNT,
            ...(args.serviceAccount === undefined ? {} : { serviceAccountName: args.serviceAccount }),
            enableServiceLinks: false,
            ...(pods.pullSecrets.length === 0 ? {} : { imagePullSecrets: pods.pullSecrets.map((name) => ({ name })) }),
            securityContext: restrictedPodSecurity(args.user),
            containers: [
                {
                    name: args.name,
                    image: args.image,
                    imagePullPolicy: pods.pullPolicy,
                    args: [...args.args],
                    ...renderEnvFrom(pods),
                    resources: {
                        requests: { ...resources.requests, "ephemeral-storage": ephemeralStorage.request },
                        limits: { ...resources.limits, "ephemeral-storage": ephemeralStorage.limit },
                    },
                    securityContext: restrictedContainerSecurity(),
                    ...args.container,
                },
            ],
            ...args.spec,
            ...renderPlacement(args),
        },
    };
}

function renderEnvFrom({ envFrom = [] }: PodOptions): Pick<Container, "envFrom"> {
    return envFrom.length === 0 ? {} : { envFrom: envFrom.map((name) => ({ secretRef: { name } })) };
}

/** The stack selects pods by its own labels. The settings cannot contain them. */
function renderPodMetadata({ labels, pods }: PodArgs): types.input.meta.v1.ObjectMeta {
    return {
        labels: { ...pods.labels, ...labels.all },
        ...(pods.annotations === undefined ? {} : { annotations: pods.annotations }),
    };
}

/** On which nodes the pod may run, and what happens where there is no room for it. */
function renderPlacement({ labels, pods, spec }: PodArgs): Partial<types.input.core.v1.PodSpec> {
    const { nodeSelector, priorityClassName = "", runtimeClassName = "", tolerations = [] } = pods;
    const affinity = { ...spec?.affinity, ...pods.affinity };
    const constraints = pods.topologySpreadConstraints ?? [];
    return {
        nodeSelector,
        ...(tolerations.length === 0 ? {} : { tolerations }),
        ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
        ...(constraints.length === 0
            ? {}
            : {
                  topologySpreadConstraints: constraints.map((constraint) => ({
                      ...constraint,
                      labelSelector: { matchLabels: labels.selector },
                  })),
              }),
        ...(priorityClassName === "" ? {} : { priorityClassName }),
        ...(runtimeClassName === "" ? {} : { runtimeClassName }),
    } as Partial<types.input.core.v1.PodSpec>;
}

/** Volumes of a pod, and where its container mounts them. */
export interface MountedVolumes {
    readonly volumes: readonly types.input.core.v1.Volume[];
    readonly mounts: readonly types.input.core.v1.VolumeMount[];
}

export const NO_VOLUMES: MountedVolumes = { volumes: [], mounts: [] };

/**
 * Mounts files of a ConfigMap, each at its path. With subPath, so that the image's other files in the directory stay
 * visible. A subPath mount is never updated, but the ConfigMap is immutable anyway.
 */
export function mountConfigMapFiles(configMap: pulumi.Input<string>, paths: readonly string[]): MountedVolumes {
    return {
        volumes: [{ name: "config", configMap: { name: configMap } }],
        mounts: paths.map((file) => ({
            name: "config",
            mountPath: file,
            subPath: path.posix.basename(file),
            readOnly: true,
        })),
    };
}

export interface MountedSecret {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
}

/** Mounts some keys of a Secret as files in a directory. */
export function mountSecret(
    name: string,
    secretName: pulumi.Input<string>,
    mountPath: string,
    keys: readonly string[],
): MountedSecret {
    return {
        volume: {
            name,
            secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
        },
        mount: { name, mountPath, readOnly: true },
    };
}

/** Seconds until all kube-proxies and clients know that the pod is terminating. */
const PRE_STOP_SECONDS = 5;

/**
 * Delays SIGTERM, so that the pod still serves clients. The images have no shell, so the kubelet sleeps.
 *
 * @param extraSeconds For clients that learn of it later than a kube-proxy does.
 */
export function preStopSleep(extraSeconds = 0): Pick<Container, "lifecycle"> {
    return { lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS + extraSeconds } } } };
}

/** Prefers a different node for each pod of a workload, so that a failed node affects only one. */
export function spreadAcrossNodes({ selector }: Labels): {
    readonly affinity: types.input.core.v1.Affinity;
} {
    const podAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: selector } };
    return {
        affinity: {
            podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
        },
    };
}

/** Gives the Go runtime the memory limit of the container. */
export function goMemLimitEnv(resources: ResourceSettings): types.input.core.v1.EnvVar {
    return { name: "GOMEMLIMIT", value: goMemLimit(resources.limits.memory) };
}

export interface HealthCheck {
    /** Name of the container's port. */
    readonly port: string;
    /** Path for liveness: succeeds while the process runs. */
    readonly live: string;
    /** Path for readiness: succeeds while the process accepts requests. */
    readonly ready: string;
    /** How long a start may take, such as the replay of a write-ahead log. @default 90 */
    readonly startSeconds?: number;
}

/** Liveness allows a slow start. Readiness reacts quickly. */
export function probes({ port, live, ready, startSeconds = 90 }: HealthCheck): NonNullable<PodArgs["container"]> {
    return {
        startupProbe: { httpGet: { path: ready, port }, periodSeconds: 1, failureThreshold: startSeconds },
        readinessProbe: { httpGet: { path: ready, port }, periodSeconds: 5, timeoutSeconds: 3 },
        livenessProbe: { httpGet: { path: live, port }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    };
}
