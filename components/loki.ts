import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { LokiSettings } from "../config/schema";
import { goMemLimit } from "../config/sizing";
import { MIB, bytesOf } from "../config/units";
import { LOKI_FOLDER, LOKI_PORT, lokiConfig } from "./loki-config";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { hashedConfigMap } from "./shared/hashed-config-map";
import { labelsFor } from "./shared/labels";
import { mountFile, podTemplate, probes } from "./shared/pod";
import { workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FILE = "/etc/loki/config.yaml";
/** USER of Loki's image. */
const LOKI_USER = 10001;
/** Disk beside the records, for the container's log. */
const LOG_MIB = 128;

export interface LokiArgs extends Omit<LokiSettings, "enabled"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export function lokiEndpoints(name: string, namespace: string): { readonly api: Endpoint; readonly otlpUrl: string } {
    const api = endpointOf(name, namespace, LOKI_PORT);
    return { api, otlpUrl: `http://${api.address}/otlp` };
}

/** Log store and API: one process, one disk. */
export class Loki extends pulumi.ComponentResource {
    constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Loki", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "log-store", image });

        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(lokiConfig(args)) } },
            { parent: this },
        );
        const file = mountFile(config.metadata.name, CONFIG_FILE);
        const disk = diskOf(args);

        const claim = args.persistence.enabled
            ? new PersistentVolumeClaim(
                  `${name}-data`,
                  {
                      metadata: {
                          name: `${name}-data`,
                          namespace,
                          labels: labels.all,
                          // Most classes bind a claim when its first pod comes, which comes after it.
                          annotations: { "pulumi.com/skipAwait": "true" },
                      },
                      spec: claimOf(args),
                  },
                  { parent: this },
              )
            : undefined;

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "Recreate",
                template: podTemplate({
                    name: "loki",
                    labels,
                    image,
                    user: LOKI_USER,
                    args: [`-config.file=${CONFIG_FILE}`],
                    resources: args.resources,
                    disk: disk.ofContainer,
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
                        ports: [{ name: "http", containerPort: LOKI_PORT }],
                        ...probes({ port: "http", live: "/loki/api/v1/status/buildinfo", ready: "/ready" }),
                        volumeMounts: [file.mount, { name: "data", mountPath: LOKI_FOLDER }],
                    },
                    spec: {
                        // It writes its chunks to disk before it ends.
                        terminationGracePeriodSeconds: 60,
                        volumes: [
                            file.volume,
                            claim === undefined
                                ? { name: "data", emptyDir: { sizeLimit: disk.data } }
                                : { name: "data", persistentVolumeClaim: { claimName: claim.metadata.name } },
                        ],
                    },
                }),
                ports: [{ name: "http", port: LOKI_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}

interface Disk {
    /** Size of the folder for records. */
    readonly data: string;
    /** What counts as the container's own disk: with a claim, its log alone. */
    readonly ofContainer: { readonly request: string; readonly limit: string };
}

function diskOf({ persistence, storage }: LokiArgs): Disk {
    const dataMiB = Math.ceil(bytesOf(storage) / MIB);
    return {
        data: `${dataMiB}Mi`,
        ofContainer: persistence.enabled
            ? { request: "64Mi", limit: `${LOG_MIB}Mi` }
            : { request: "256Mi", limit: `${dataMiB + LOG_MIB}Mi` },
    };
}

function claimOf({ persistence, storage }: LokiArgs): types.input.core.v1.PersistentVolumeClaimSpec {
    const { storageClass } = persistence;
    return {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    };
}
