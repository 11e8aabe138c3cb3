import * as pulumi from "@pulumi/pulumi";
import type { JaegerSettings } from "../config/schema";
import { goMemLimit } from "../config/sizing";
import { JAEGER_FOLDER, JAEGER_PORTS, type JaegerConfigArgs, jaegerConfig } from "./jaeger-config";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { hashedConfigMap } from "./shared/hashed-config-map";
import { labelsFor } from "./shared/labels";
import { mountFile, podTemplate, probes } from "./shared/pod";
import { storeVolume } from "./shared/store-volume";
import { type ServicePort, workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FILE = "/etc/jaeger/config.yaml";
/** USER of Jaeger's image. */
const JAEGER_USER = 10001;

export interface JaegerArgs extends Omit<JaegerSettings, "enabled" | "storage">, JaegerConfigArgs {
    /** Size of its volume, where it has one. */
    readonly storage: string;
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export interface JaegerEndpoints {
    readonly otlp: Endpoint;
    readonly otlpHttp: Endpoint;
    readonly ui: Endpoint;
    /** Its own metrics. */
    readonly telemetry: Endpoint;
}

export function jaegerEndpoints(name: string, namespace: string): JaegerEndpoints {
    return {
        otlp: endpointOf(name, namespace, JAEGER_PORTS.otlpGrpc),
        otlpHttp: endpointOf(name, namespace, JAEGER_PORTS.otlpHttp),
        ui: endpointOf(name, namespace, JAEGER_PORTS.ui),
        telemetry: endpointOf(name, namespace, JAEGER_PORTS.telemetry),
    };
}

/** Trace store, API and UI. Without a volume the traces stand in memory: a restart loses them. */
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
        const store = args.persistence.enabled
            ? storeVolume(name, { ...args, labels, folder: JAEGER_FOLDER }, { parent: this })
            : undefined;
        const ports = servicePortsOf(args.otlpHttp);

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: store?.strategy ?? "Recreate",
                template: podTemplate({
                    name: "jaeger",
                    labels,
                    image,
                    user: JAEGER_USER,
                    args: [`--config=${CONFIG_FILE}`],
                    resources: args.resources,
                    ...(store ? { disk: store.disk } : {}),
                    container: {
                        env: [
                            { name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) },
                            // Its own queries would show up as traces among those of the applications.
                            { name: "OTEL_TRACES_SAMPLER", value: "always_off" },
                        ],
                        ports: [
                            ...ports.map(({ name: port, port: containerPort }) => ({ name: port, containerPort })),
                            { name: "health", containerPort: JAEGER_PORTS.health },
                        ],
                        ...probes({ port: "health", live: "/status", ready: "/status" }),
                        volumeMounts: [file.mount, ...(store ? [store.mount] : [])],
                    },
                    spec: { volumes: [file.volume, ...(store ? [store.volume] : [])] },
                }),
                ports,
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}

function servicePortsOf(otlpHttp: boolean): ServicePort[] {
    return [
        { name: "otlp-grpc", port: JAEGER_PORTS.otlpGrpc, appProtocol: "grpc" },
        ...(otlpHttp ? [{ name: "otlp-http", port: JAEGER_PORTS.otlpHttp, appProtocol: "http" } as const] : []),
        { name: "ui", port: JAEGER_PORTS.ui, appProtocol: "http" },
        { name: "telemetry", port: JAEGER_PORTS.telemetry, appProtocol: "http" },
    ];
}
