import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Queues } from "../../config/durability";
import type { ResourceSettings } from "../../config/schema";
import { goMemLimit } from "../../config/sizing";
import type { Labels } from "../shared/labels";
import { apart, NOBODY, leavingSlowly, mountFile, podTemplate, probes } from "../shared/pod";
import type { ServicePort } from "../shared/workload";
import type { FurtherFiles } from "./further";
import type { GuardFiles } from "./guard";
import { QUEUE_MOUNT } from "./queue-storage";

export const CONFIG_FILE = "/etc/otelcol-contrib/config.yaml";
/** USER of the Collector's image. */
export const COLLECTOR_USER = 10001;
/** Its log: the debug exporter writes faster than Kubernetes rotates, and over the limit the pod is evicted. */
const DISK = { request: "64Mi", limit: "512Mi" } as const;
/** Time to leave as slowly as others, and to send what the queues hold. */
const GRACE_SECONDS = 45;

export interface CollectorPodArgs {
    readonly image: string;
    readonly resources: ResourceSettings;
    readonly queues: Queues;
    readonly ports: readonly ServicePort[];
    /** Name of the ConfigMap. */
    readonly config: pulumi.Input<string>;
    readonly further: FurtherFiles;
    readonly guard?: GuardFiles;
    /** Whose token the pod sees; nobody's without it. */
    readonly account?: pulumi.Input<string>;
    /** What the configuration reads beside the secrets. */
    readonly env?: readonly types.input.core.v1.EnvVar[];
    /** Whether there may be others of its kind. */
    readonly several: boolean;
    /** Seconds that it listens on beyond those that others do. */
    readonly lingerSeconds?: number;
}

/** A pod of a Collector, of whichever tier. */
export function collectorPod(args: CollectorPodArgs, labels: Labels): types.input.core.v1.PodTemplateSpec {
    const { account, config, env = [], further, guard, lingerSeconds = 0, ports, queues, resources, several } = args;
    const file = mountFile(config, CONFIG_FILE);
    return podTemplate({
        name: "otel-collector",
        labels,
        image: args.image,
        user: COLLECTOR_USER,
        args: [`--config=${CONFIG_FILE}`],
        resources,
        disk: DISK,
        serviceAccount: account ?? NOBODY,
        container: {
            env: [{ name: "GOMEMLIMIT", value: goMemLimit(resources.limits.memory) }, ...env, ...further.env],
            ...leavingSlowly(lingerSeconds),
            ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [
                file.mount,
                ...(guard?.mounts ?? []),
                ...further.mounts,
                ...(queues.volume ? [QUEUE_MOUNT] : []),
            ],
        },
        spec: {
            ...(several ? apart(labels) : {}),
            terminationGracePeriodSeconds: GRACE_SECONDS + lingerSeconds,
            volumes: [file.volume, ...(guard?.volumes ?? []), ...further.volumes],
        },
    });
}
