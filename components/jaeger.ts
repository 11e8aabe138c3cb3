import * as pulumi from "@pulumi/pulumi";
import type { JaegerSettings } from "../config/schema";
import { goMemLimit } from "../config/sizing";
import { type JaegerConfigArgs, JAEGER_PORTS, jaegerConfig } from "./jaeger-config";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { hashedConfigMap } from "./shared/hashed-config-map";
import { labelsFor } from "./shared/labels";
import { mountFile, podTemplate, probes } from "./shared/pod";
import { type ServicePort, workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FILE = "/etc/jaeger/config.yaml";
const SERVICE_PORTS: readonly ServicePort[] = [
    { name: "otlp-grpc", port: JAEGER_PORTS.otlpGrpc, appProtocol: "grpc" },
    { name: "ui", port: JAEGER_PORTS.ui, appProtocol: "http" },
    { name: "telemetry", port: JAEGER_PORTS.telemetry, appProtocol: "http" },
];
/** USER of Jaeger's image. */
const JAEGER_USER = 10001;

export interface JaegerArgs extends Omit<JaegerSettings, "enabled">, JaegerConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export interface JaegerEndpoints {
    readonly otlp: Endpoint;
    readonly ui: Endpoint;
    /** Its own metrics. */
    readonly telemetry: Endpoint;
}

export function jaegerEndpoints(name: string, namespace: string): JaegerEndpoints {
    return {
        otlp: endpointOf(name, namespace, JAEGER_PORTS.otlpGrpc),
        ui: endpointOf(name, namespace, JAEGER_PORTS.ui),
        telemetry: endpointOf(name, namespace, JAEGER_PORTS.telemetry),
    };
}

/** Trace store, API and UI. The traces stand in memory: a restart loses them. */
export class Jaeger extends pulumi.ComponentResource {
    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Jaeger", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "trace-store", image });

        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(jaegerConfig(args)) } },
            { parent: this },
        );
        const file = mountFile(config.metadata.name, CONFIG_FILE);

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "Recreate",
                template: podTemplate({
                    name: "jaeger",
                    labels,
                    image,
                    user: JAEGER_USER,
                    args: [`--config=${CONFIG_FILE}`],
                    resources: args.resources,
                    container: {
                        env: [
                            { name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) },
                            // Its own queries would show up as traces among those of the applications.
                            { name: "OTEL_TRACES_SAMPLER", value: "always_off" },
                        ],
                        ports: [
                            { name: "otlp-grpc", containerPort: JAEGER_PORTS.otlpGrpc },
                            { name: "ui", containerPort: JAEGER_PORTS.ui },
                            { name: "telemetry", containerPort: JAEGER_PORTS.telemetry },
                            { name: "health", containerPort: JAEGER_PORTS.health },
                        ],
                        ...probes({ port: "health", live: "/status", ready: "/status" }),
                        volumeMounts: [file.mount],
                    },
                    spec: { volumes: [file.volume] },
                }),
                ports: SERVICE_PORTS,
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}
