import * as pulumi from "@pulumi/pulumi";
import type { LokiSettings } from "../../config/schema/schema";
import { goMemLimit } from "../../config/model/memory";
import { type LokiConfigArgs, LOKI_DATA_DIR, LOKI_PORT, renderLokiConfig } from "./config";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { createHashedConfigMap } from "../kubernetes/config-map";
import { labelsFor } from "../kubernetes/labels";
import { mountConfigMapFile, renderPodTemplate, probes } from "../kubernetes/pod";
import { createDataVolume } from "../kubernetes/data-volume";
import { createWorkload } from "../kubernetes/workload";
import { renderYaml } from "../telemetry/yaml";
import { parseObjectName } from "../kubernetes/resource-names";

const CONFIG_FILE = "/etc/loki/config.yaml";
/** USER of Loki's image. */
const LOKI_USER = 10001;

export interface LokiArgs extends Omit<LokiSettings, "enabled" | "volumeSize">, LokiConfigArgs {
    /** Size of the volume. */
    readonly volumeSize: string;
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export interface LokiEndpoints {
    readonly api: Endpoint;
    /** Without the path of a signal. */
    readonly otlpUrl: string;
}

export function lokiEndpoints(name: string, namespace: string): LokiEndpoints {
    const api = serviceEndpoint(name, namespace, LOKI_PORT);
    return { api, otlpUrl: `http://${api.address}/otlp` };
}

/** Log backend and API: one process, one volume. */
export class Loki extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<LokiEndpoints>;

    constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Loki", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "log-store", image });

        const config = createHashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(renderLokiConfig(args)) } },
            { parent: this },
        );
        const file = mountConfigMapFile(config.metadata.name, CONFIG_FILE);
        const dataVolume = createDataVolume(name, { ...args, labels, mountPath: LOKI_DATA_DIR }, { parent: this });

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: dataVolume.strategy,
                template: renderPodTemplate({
                    name: "loki",
                    labels,
                    image,
                    user: LOKI_USER,
                    args: [`-config.file=${CONFIG_FILE}`],
                    resources: args.resources,
                    ephemeralStorage: dataVolume.ephemeralStorage,
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
                        ports: [{ name: "http", containerPort: LOKI_PORT }],
                        ...probes({ port: "http", live: "/loki/api/v1/status/buildinfo", ready: "/ready" }),
                        volumeMounts: [file.mount, dataVolume.mount],
                    },
                    spec: {
                        // Time to flush chunks to disk.
                        terminationGracePeriodSeconds: 60,
                        volumes: [file.volume, dataVolume.volume],
                    },
                }),
                ports: [{ name: "http", port: LOKI_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.endpoints = pulumi.output(namespace).apply((ns) => lokiEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}
