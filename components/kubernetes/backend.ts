import * as path from "node:path";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PersistenceSettings, ResourceSettings } from "../../config/schema/schema";
import { createHashedConfigMap } from "./config-map";
import { createDataVolume } from "./data-volume";
import { type Labels, labelsFor } from "./labels";
import {
    type HealthCheck,
    type MountedVolumes,
    NO_VOLUMES,
    type PodOptions,
    mountConfigMapFiles,
    probes,
    renderPodTemplate,
} from "./pod";
import { parseObjectName } from "./resource-names";
import type { ServicePort } from "./service";
import { createWorkload } from "./workload";

/** What distinguishes a backend from the others, as plain data. */
export interface BackendSpec {
    /** Name of the container. */
    readonly container: string;
    /** The backend's role in the stack, such as `trace-store`. */
    readonly component: string;
    /** The numeric user of the image. */
    readonly user: number;
    readonly args: readonly string[];
    readonly env: readonly types.input.core.v1.EnvVar[];
    /** Content of the configuration files by their path in the container. */
    readonly files: Readonly<Record<string, string>>;
    /** Mount path of the data volume. Undefined if the backend stores data in memory. */
    readonly dataDir: string | undefined;
    readonly ports: readonly ServicePort[];
    /** A port for the probes only, which the Service does not have. */
    readonly healthPort?: number;
    readonly health: HealthCheck;
    /** Time to flush data from memory to disk. By default, Kubernetes waits 30 seconds. */
    readonly terminationGracePeriodSeconds?: number;
}

/** The arguments of every backend. */
export interface BackendArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    readonly resources: ResourceSettings;
    readonly pods: PodOptions;
    readonly persistence: PersistenceSettings;
    /** Size of the data volume as a Kubernetes quantity. */
    readonly volumeSize: string;
}

/** Creates the one pod of a backend, its configuration, its data volume and its Service. */
export function createBackend(
    name: string,
    spec: BackendSpec,
    args: BackendArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const { namespace, image, pods, resources, rolloutTimeout } = args;
    const { container, dataDir, env, health, healthPort, ports, terminationGracePeriodSeconds, user } = spec;
    const labels = labelsFor({ name: parseObjectName(name), component: spec.component, image });
    const config = createConfig(name, spec, { namespace, labels }, opts);
    const data =
        dataDir === undefined ? undefined : createDataVolume(name, { ...args, labels, mountPath: dataDir }, opts);

    createWorkload(
        name,
        {
            namespace,
            labels,
            rolloutTimeout,
            strategy: data?.strategy ?? "Recreate",
            template: renderPodTemplate({
                name: container,
                labels,
                image,
                user,
                args: spec.args,
                resources,
                pods,
                ...(data ? { ephemeralStorage: data.ephemeralStorage } : {}),
                container: {
                    ...(env.length > 0 ? { env: [...env] } : {}),
                    ports: [
                        ...ports.map(({ name: port, port: containerPort }) => ({ name: port, containerPort })),
                        ...(healthPort === undefined ? [] : [{ name: health.port, containerPort: healthPort }]),
                    ],
                    ...probes(health),
                    volumeMounts: [...config.mounts, ...(data ? [data.mount] : [])],
                },
                spec: {
                    ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }),
                    volumes: [...config.volumes, ...(data ? [data.volume] : [])],
                },
            }),
            ports,
        },
        opts,
    );
}

function createConfig(
    name: string,
    { files }: BackendSpec,
    { namespace, labels }: { readonly namespace: pulumi.Input<string>; readonly labels: Labels },
    opts: pulumi.CustomResourceOptions,
): MountedVolumes {
    const paths = Object.keys(files);
    if (paths.length === 0) {
        return NO_VOLUMES;
    }
    const data = Object.fromEntries(
        Object.entries(files).map(([file, content]) => [path.posix.basename(file), content]),
    );
    const configMap = createHashedConfigMap(`${name}-config`, { namespace, labels: labels.all, data }, opts);
    return mountConfigMapFiles(configMap.metadata.name, paths);
}
