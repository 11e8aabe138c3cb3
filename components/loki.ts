import * as pulumi from "@pulumi/pulumi";
import type { LokiSettings } from "../config/schema";
import { goMemLimit } from "../config/sizing";
import { type LokiConfigArgs, LOKI_FOLDER, LOKI_PORT, lokiConfig } from "./loki-config";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { hashedConfigMap } from "./shared/hashed-config-map";
import { labelsFor } from "./shared/labels";
import { mountFile, podTemplate, probes } from "./shared/pod";
import { storeVolume } from "./shared/store-volume";
import { workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FILE = "/etc/loki/config.yaml";
/** USER of Loki's image. */
const LOKI_USER = 10001;

export interface LokiArgs extends Omit<LokiSettings, "enabled" | "storage">, LokiConfigArgs {
    /** Size of its disk. */
    readonly storage: string;
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
        const store = storeVolume(name, { ...args, labels, folder: LOKI_FOLDER }, { parent: this });

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: store.strategy,
                template: podTemplate({
                    name: "loki",
                    labels,
                    image,
                    user: LOKI_USER,
                    args: [`-config.file=${CONFIG_FILE}`],
                    resources: args.resources,
                    disk: store.disk,
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
                        ports: [{ name: "http", containerPort: LOKI_PORT }],
                        ...probes({ port: "http", live: "/loki/api/v1/status/buildinfo", ready: "/ready" }),
                        volumeMounts: [file.mount, store.mount],
                    },
                    spec: {
                        // It writes its chunks to disk before it ends.
                        terminationGracePeriodSeconds: 60,
                        volumes: [file.volume, store.volume],
                    },
                }),
                ports: [{ name: "http", port: LOKI_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}
