import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { goMemLimit } from "../../config/sizing";
import { disruptionBudget } from "../shared/disruption-budget";
import { type Endpoint, endpointOf } from "../shared/endpoint";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { type Labels, labelsFor } from "../shared/labels";
import { mountFile, podTemplate, probes } from "../shared/pod";
import { awaitTimeout } from "../shared/rollout";
import { type ServicePort, type WorkloadArgs, servicePorts, workload } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { type CollectorConfigArgs, collectorConfig } from "./config";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_MOUNT, queueClaim } from "./queue-storage";

const CONFIG_FILE = "/etc/otelcol-contrib/config.yaml";
/** USER of the Collector's image. */
const COLLECTOR_USER = 10001;
/** Its log: the debug exporter writes faster than Kubernetes rotates, and over the limit the pod is evicted. */
const DISK = { request: "64Mi", limit: "512Mi" } as const;
/** Time for every kube-proxy and client to hear that the pod is leaving, before it stops to listen. */
const LEAVING_SECONDS = 5;
/** That, and time to send what the queues hold. */
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
    /** Names of the pods that keep their queues on volumes: each stays with its queue. */
    readonly eachPod: (replicas: number) => readonly string[];
}

export function collectorEndpoints(name: string, namespace: string): CollectorEndpoints {
    const everyPod = `${headlessName(name)}.${namespace}`;
    return {
        otlpGrpc: endpointOf(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: endpointOf(name, namespace, COLLECTOR_PORTS.otlpHttp),
        everyPod,
        eachPod: (replicas) => Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}.${everyPod}`),
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
                strategy: strategyOf(name, args, labels),
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

        if (args.replicas > 1) {
            disruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.registerOutputs();
    }
}

/** With a queue of its own, a pod keeps its name and its volume. */
function strategyOf(name: string, { queues }: CollectorArgs, labels: Labels): WorkloadArgs["strategy"] {
    return queues.volume
        ? { governingService: headlessName(name), claims: [queueClaim(queues.volume, labels)] }
        : "RollingUpdate";
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
            lifecycle: { preStop: { sleep: { seconds: LEAVING_SECONDS } } },
            ports: portsOf(args.routes.metrics.includes("scrape")).map(({ name, port }) => ({
                name,
                containerPort: port,
            })),
            ...probes({ port: "health", live: "/", ready: "/" }),
            volumeMounts: [file.mount, ...(args.queues.volume ? [QUEUE_MOUNT] : [])],
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
