import * as pulumi from "@pulumi/pulumi";
import type { JaegerSettings } from "../../config/schema/schema";
import { goMemLimit } from "../../config/model/memory";
import { JAEGER_DATA_DIR, JAEGER_PORTS, type JaegerConfigArgs, renderJaegerConfig } from "./config";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { createHashedConfigMap } from "../kubernetes/config-map";
import { labelsFor } from "../kubernetes/labels";
import { mountConfigMapFile, renderPodTemplate, probes } from "../kubernetes/pod";
import { createDataVolume } from "../kubernetes/data-volume";
import { type ServicePort, createWorkload } from "../kubernetes/workload";
import { renderYaml } from "../telemetry/yaml";
import { parseObjectName } from "../kubernetes/resource-names";

const CONFIG_FILE = "/etc/jaeger/config.yaml";
/** USER of Jaeger's image. */
const JAEGER_USER = 10001;

export interface JaegerArgs extends Omit<JaegerSettings, "enabled" | "volumeSize">, JaegerConfigArgs {
    /** Size of the volume, if it has one. */
    readonly volumeSize: string;
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export interface JaegerEndpoints {
    readonly otlp: Endpoint;
    readonly otlpHttp: Endpoint;
    readonly ui: Endpoint;
    /** Jaeger's own metrics. */
    readonly telemetry: Endpoint;
}

export function jaegerEndpoints(name: string, namespace: string, basePath: string): JaegerEndpoints {
    return {
        otlp: serviceEndpoint(name, namespace, JAEGER_PORTS.otlpGrpc),
        otlpHttp: serviceEndpoint(name, namespace, JAEGER_PORTS.otlpHttp),
        ui: serviceEndpoint(name, namespace, JAEGER_PORTS.ui, "http", basePath),
        telemetry: serviceEndpoint(name, namespace, JAEGER_PORTS.telemetry),
    };
}

/** Trace backend, API and UI. Without a volume, traces are in memory and a restart deletes them. */
export class Jaeger extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<JaegerEndpoints>;

    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Jaeger", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "trace-store", image });

        const config = createHashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(renderJaegerConfig(args)) } },
            { parent: this },
        );
        const file = mountConfigMapFile(config.metadata.name, CONFIG_FILE);
        const dataVolume = args.persistence.enabled
            ? createDataVolume(name, { ...args, labels, mountPath: JAEGER_DATA_DIR }, { parent: this })
            : undefined;
        const ports = jaegerServicePorts(args.acceptsOtlpHttp);

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: dataVolume?.strategy ?? "Recreate",
                template: renderPodTemplate({
                    name: "jaeger",
                    labels,
                    image,
                    user: JAEGER_USER,
                    args: [`--config=${CONFIG_FILE}`],
                    resources: args.resources,
                    ...(dataVolume ? { ephemeralStorage: dataVolume.ephemeralStorage } : {}),
                    container: {
                        env: [
                            { name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) },
                            // Otherwise traces of Jaeger's own queries would mix with those of applications.
                            { name: "OTEL_TRACES_SAMPLER", value: "always_off" },
                        ],
                        ports: [
                            ...ports.map(({ name: port, port: containerPort }) => ({ name: port, containerPort })),
                            { name: "health", containerPort: JAEGER_PORTS.health },
                        ],
                        ...probes({ port: "health", live: "/status", ready: "/status" }),
                        volumeMounts: [file.mount, ...(dataVolume ? [dataVolume.mount] : [])],
                    },
                    spec: { volumes: [file.volume, ...(dataVolume ? [dataVolume.volume] : [])] },
                }),
                ports,
            },
            { parent: this },
        );

        this.endpoints = pulumi
            .output(namespace)
            .apply((ns) => jaegerEndpoints(parseObjectName(name), ns, args.basePath));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function jaegerServicePorts(acceptsOtlpHttp: boolean): ServicePort[] {
    return [
        { name: "otlp-grpc", port: JAEGER_PORTS.otlpGrpc, appProtocol: "grpc" },
        ...(acceptsOtlpHttp ? [{ name: "otlp-http", port: JAEGER_PORTS.otlpHttp, appProtocol: "http" } as const] : []),
        { name: "ui", port: JAEGER_PORTS.ui, appProtocol: "http" },
        { name: "telemetry", port: JAEGER_PORTS.telemetry, appProtocol: "http" },
    ];
}
