import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ResourceSettings } from "../../config/schema/schema";
import type { Labels } from "./labels";
import { restrictedContainerSecurity, restrictedPodSecurity } from "./security";

type PodTemplateSpec = types.input.core.v1.PodTemplateSpec;
type Container = types.input.core.v1.Container;

/** Disk of a container: its log (Kubernetes keeps at most 50 MiB of it by default) and what it writes. */
export interface EphemeralStorage {
    readonly request: string;
    readonly limit: string;
}

export const LOG_EPHEMERAL_STORAGE: EphemeralStorage = { request: "64Mi", limit: "128Mi" };

/** The one container of a pod of the stack: what is left to say once the rules for all of them are applied. */
export interface PodArgs {
    readonly name: string;
    readonly labels: Labels;
    readonly image: string;
    /** The numeric user of the image. */
    readonly user: number;
    readonly args: readonly string[];
    readonly resources: ResourceSettings;
    /**
     * Whose token the pod sees; by default nobody's. What sees one under some settings says `NOBODY` under the others:
     * from a template that names no account the API server does not take the name away that it had.
     */
    readonly serviceAccount?: pulumi.Input<string>;
    /** Disk; by default enough for the container's log. */
    readonly ephemeralStorage?: EphemeralStorage;
    /** Ports, probes, environment and mounts. */
    readonly container?: Pick<
        Container,
        "env" | "lifecycle" | "livenessProbe" | "ports" | "readinessProbe" | "startupProbe" | "volumeMounts"
    >;
    readonly spec?: Pick<
        types.input.core.v1.PodSpec,
        "affinity" | "restartPolicy" | "securityContext" | "terminationGracePeriodSeconds" | "tolerations" | "volumes"
    >;
}

/** The account that every Namespace has, without a right. */
export const DEFAULT_SERVICE_ACCOUNT = "default";

/** A pod that meets the restricted Pod Security Standard, sees no token and no other Service's environment. */
export function renderPodTemplate(args: PodArgs): PodTemplateSpec {
    const { ephemeralStorage = LOG_EPHEMERAL_STORAGE, resources } = args;
    return {
        metadata: { labels: args.labels.all },
        spec: {
            automountServiceAccountToken:
                args.serviceAccount !== undefined && args.serviceAccount !== DEFAULT_SERVICE_ACCOUNT,
            ...(args.serviceAccount === undefined ? {} : { serviceAccountName: args.serviceAccount }),
            enableServiceLinks: false,
            securityContext: restrictedPodSecurity(args.user),
            containers: [
                {
                    name: args.name,
                    image: args.image,
                    imagePullPolicy: "IfNotPresent",
                    args: [...args.args],
                    resources: {
                        requests: { ...resources.requests, "ephemeral-storage": ephemeralStorage.request },
                        limits: { ...resources.limits, "ephemeral-storage": ephemeralStorage.limit },
                    },
                    securityContext: restrictedContainerSecurity(),
                    ...args.container,
                },
            ],
            ...args.spec,
        },
    };
}

/** One file of a ConfigMap under its full path, and the volume it comes from. */
export interface MountedFile {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
}

/** Mounts by subPath, so that the image's own files beside it stay. The ConfigMap is immutable: nothing is missed. */
export function mountConfigMapFile(configMap: pulumi.Input<string>, path: string): MountedFile {
    const file = path.slice(path.lastIndexOf("/") + 1);
    return {
        volume: { name: "config", configMap: { name: configMap } },
        mount: { name: "config", mountPath: path, subPath: file, readOnly: true },
    };
}

/** Seconds for every kube-proxy and client to hear that the pod is leaving, before it stops to listen. */
const PRE_STOP_SECONDS = 5;

/**
 * Goes on to serve for a while when the pod is told to end. The images have no shell: the kubelet sleeps.
 *
 * @param extraSeconds For clients that hear of it later than a kube-proxy does.
 */
export function preStopSleep(extraSeconds = 0): Pick<Container, "lifecycle"> {
    return { lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS + extraSeconds } } } };
}

/** Puts pods of a workload on nodes of their own, as long as there are any: one that fails takes one of them. */
export function spreadAcrossNodes({ selector }: Labels): Pick<types.input.core.v1.PodSpec, "affinity"> {
    const podAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: selector } };
    return {
        affinity: {
            podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
        },
    };
}

export interface HealthCheck {
    /** Name of the container's port. */
    readonly port: string;
    /** Path that answers while the process lives. */
    readonly live: string;
    /** Path that answers while it takes requests. */
    readonly ready: string;
}

/** Liveness waits for the start, so that a slow one is not killed; readiness follows quickly. */
export function probes({ port, live, ready }: HealthCheck): NonNullable<PodArgs["container"]> {
    return {
        startupProbe: { httpGet: { path: ready, port }, periodSeconds: 1, failureThreshold: 90 },
        readinessProbe: { httpGet: { path: ready, port }, periodSeconds: 5, timeoutSeconds: 3 },
        livenessProbe: { httpGet: { path: live, port }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    };
}
