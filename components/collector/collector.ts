import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { goMemLimit } from "../../config/sizing";
import { type Endpoint, endpointOf } from "../shared/endpoint";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { type Labels, labelsFor } from "../shared/labels";
import { leavingSlowly, mountFile, podTemplate, probes } from "../shared/pod";
import { awaitTimeout } from "../shared/rollout";
import { type ServicePort, servicePorts, workload } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { type CollectorConfigArgs, collectorConfig } from "./config";
import { COLLECTOR_PORTS } from "./ports";

const CONFIG_FILE = "/etc/otelcol-contrib/config.yaml";
/** USER of the Collector's image. */
const COLLECTOR_USER = 10001;
/** Its log: the debug exporter writes faster than Kubernetes rotates, and over the limit the pod is evicted. */
const DISK = { request: "64Mi", limit: "512Mi" } as const;
/** Time to leave, and to send what the queues hold. */
const GRACE_SECONDS = 45;

export interface CollectorArgs extends CollectorConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly replicas: number;
    readonly rolloutTimeout: string;
}

export interface CollectorEndpoints {
    readonly otlpGrpc: Endpoint;
    readonly otlpHttp: Endpoint;
    /** Name that resolves to the address of every pod, for what must reach each of them. */
    readonly everyPod: string;
}

export function collectorEndpoints(name: string, namespace: string): CollectorEndpoints {
    return {
        otlpGrpc: endpointOf(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: endpointOf(name, namespace, COLLECTOR_PORTS.otlpHttp),
        everyPod: `${headlessName(name)}.${namespace}`,
    };
}

function headlessName(name: string): string {
    return `${name}-headless`;
}

/** Takes OTLP from the workloads and passes each signal on to its destinations. */
export class Collector extends pulumi.ComponentResource {
    constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Collector", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "collector", image });
        const scraped = args.routes.metrics.includes("scrape");

        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(collectorConfig(args)) } },
            { parent: this },
        );

        const ports = portsOf(scraped);
        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas: args.replicas,
                strategy: "RollingUpdate",
                template: collectorPod(args, labels, config.metadata.name),
                ports,
            },
            { parent: this },
        );

        new Service(
            headlessName(name),
            {
                metadata: {
                    name: headlessName(name),
                    namespace,
                    labels: labels.all,
                    annotations: awaitTimeout(rolloutTimeout),
                },
                spec: {
                    clusterIP: "None",
                    // A pod that is not ready is the one whose metrics one wants to see.
                    publishNotReadyAddresses: true,
                    selector: labels.selector,
                    ports: servicePorts(ports.filter((port) => port.name === "metrics" || port.name === "telemetry")),
                },
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}

function collectorPod(
    args: CollectorArgs,
    labels: Labels,
    configMap: pulumi.Input<string>,
): types.input.core.v1.PodTemplateSpec {
    const file = mountFile(configMap, CONFIG_FILE);
    return podTemplate({
        name: "otel-collector",
        labels,
        image: args.image,
        user: COLLECTOR_USER,
        args: [`--config=${CONFIG_FILE}`],
        resources: args.resources,
        disk: DISK,
        container: {
            env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
            ...leavingSlowly(),
            ports: portsOf(args.routes.metrics.includes("scrape")).map(({ name, port }) => ({
                name,
                containerPort: port,
            })),
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [file.mount],
        },
        spec: { terminationGracePeriodSeconds: GRACE_SECONDS, volumes: [file.volume] },
    });
}

function portsOf(scraped: boolean): ServicePort[] {
    const port = (name: string, number: number, appProtocol: ServicePort["appProtocol"] = "http"): ServicePort => ({
        name,
        port: number,
        appProtocol,
    });
    return [
        port("otlp-grpc", COLLECTOR_PORTS.otlpGrpc, "grpc"),
        port("otlp-http", COLLECTOR_PORTS.otlpHttp),
        port("telemetry", COLLECTOR_PORTS.telemetry),
        // Without the scrape route nothing listens there.
        ...(scraped ? [port("metrics", COLLECTOR_PORTS.metrics)] : []),
        port("health", COLLECTOR_PORTS.health),
    ];
}
