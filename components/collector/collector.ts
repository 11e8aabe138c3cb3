import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Autoscaling } from "../../config/scaling";
import { apiAccess } from "../shared/api-access";
import { disruptionBudget } from "../shared/disruption-budget";
import { type Endpoint, type EndpointUrls, endpointOf, hostsOf } from "../shared/endpoint";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { type Labels, labelsFor } from "../shared/labels";
import { SERVICE_ANNOTATIONS } from "../shared/rollout";
import { type ServicePort, type WorkloadArgs, servicePorts, workload } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { autoscaler } from "./autoscaler";
import { type CollectorConfigArgs, collectorConfig } from "./config";
import { furtherFiles } from "./further";
import { type GuardFiles, guardFiles } from "./guard";
import { POD_ATTRIBUTES_RULES } from "./k8s-attributes";
import { collectorPod } from "./pod";
import { COLLECTOR_PORTS, PLAIN_OTLP } from "./ports";
import { tokenSecret } from "./tokens";
import { queueClaim } from "./queue-storage";
import { headlessName, podNames } from "./targets";

export interface CollectorArgs extends CollectorConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly replicas: number;
    /** What sets the number of pods instead. */
    readonly scaling?: Autoscaling | undefined;
    readonly rolloutTimeout: string;
}

export interface CollectorEndpoints {
    readonly otlpGrpc: Endpoint;
    readonly otlpHttp: Endpoint;
    /** By TLS, for senders outside the Namespace. */
    readonly guardedGrpc: Endpoint;
    readonly guardedHttp: Endpoint;
    /** Names by which the guarded listener is reached, which its certificate must have. */
    readonly guardedHosts: EndpointUrls;
    /** Name that resolves to the address of every pod, for what must reach each of them. */
    readonly everyPod: string;
    /** Names of the pods that keep their queues on volumes: each stays with its queue. */
    readonly eachPod: (replicas: number) => readonly string[];
    /** Name of the records in DNS that say the names of these pods, and their ports of that name. */
    readonly podRecords: (port: string) => string;
}

export function collectorEndpoints(name: string, namespace: string): CollectorEndpoints {
    const everyPod = `${headlessName(name)}.${namespace}`;
    return {
        otlpGrpc: endpointOf(name, namespace, COLLECTOR_PORTS.otlpGrpc),
        otlpHttp: endpointOf(name, namespace, COLLECTOR_PORTS.otlpHttp),
        guardedGrpc: endpointOf(guardedName(name), namespace, COLLECTOR_PORTS.guardedGrpc, "https"),
        guardedHttp: endpointOf(guardedName(name), namespace, COLLECTOR_PORTS.guardedHttp, "https"),
        guardedHosts: hostsOf(guardedName(name), namespace),
        everyPod,
        eachPod: (replicas) => podNames(name, namespace, replicas),
        podRecords: (port) => `_${port}._tcp.${everyPod}`,
    };
}

/** A Service of its own, so that whoever opens it to the outside opens nothing else. */
export function guardedName(name: string): string {
    return `${name}-guarded`;
}

/** Takes OTLP from the workloads and passes each signal on to its destinations. */
export class Collector extends pulumi.ComponentResource {
    constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Collector", name, args, opts);

        const { namespace, image, replicas, rolloutTimeout, scaling } = args;
        const labels = labelsFor({ name, component: "collector", image });
        const ports = portsOf(args);
        const several = (scaling?.maxReplicas ?? replicas) > 1;

        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(collectorConfig(args)) } },
            { parent: this },
        );

        const account = args.podAttributes
            ? apiAccess(
                  name,
                  { namespace, labels, role: args.podAttributes.role, rules: POD_ATTRIBUTES_RULES },
                  { parent: this },
              )
            : undefined;

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas: scaling ? "autoscaled" : replicas,
                strategy: strategyOf(name, args, labels),
                template: collectorPod(
                    {
                        ...args,
                        several,
                        ports: [...ports.plain, ...ports.guarded],
                        config: config.metadata.name,
                        guard: this.guardFiles(name, args, labels),
                        further: furtherFiles(
                            name,
                            args.destinations ?? [],
                            { namespace, labels: labels.all },
                            { parent: this },
                        ),
                        ...(account === undefined ? {} : { account }),
                    },
                    labels,
                ),
                ports: ports.plain,
            },
            { parent: this },
        );

        this.service(headlessName(name), args, labels, {
            clusterIP: "None",
            // A pod that is not ready is the one whose metrics one wants to see.
            publishNotReadyAddresses: true,
            ports: servicePorts(ports.plain.filter((port) => port.name === "metrics" || port.name === "telemetry")),
        });
        if (ports.guarded.length > 0) {
            this.service(guardedName(name), args, labels, { ports: servicePorts(ports.guarded) });
        }

        if (scaling) {
            const kind = args.queues.volume ? "StatefulSet" : "Deployment";
            autoscaler(name, { namespace, labels, kind, scaling }, { parent: this });
        }
        if (several) {
            disruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.registerOutputs();
    }

    private guardFiles(name: string, { guard, namespace }: CollectorArgs, labels: Labels): GuardFiles {
        if (guard === undefined) {
            return { volumes: [], mounts: [] };
        }
        const { auth, token } = guard;
        const tokens =
            auth === "token"
                ? tokenSecret(name, { namespace, labels: labels.all, token }, { parent: this })
                : undefined;
        return guardFiles(guard, tokens);
    }

    /** A further Service of the same pods. */
    private service(
        name: string,
        { namespace }: CollectorArgs,
        labels: Labels,
        spec: types.input.core.v1.ServiceSpec,
    ): void {
        new Service(
            name,
            {
                metadata: { name, namespace, labels: labels.all, annotations: SERVICE_ANNOTATIONS },
                spec: { selector: labels.selector, ...spec },
            },
            { parent: this },
        );
    }
}

/** With a queue of its own, a pod keeps its name and its volume. */
function strategyOf(name: string, { queues }: CollectorArgs, labels: Labels): WorkloadArgs["strategy"] {
    return queues.volume
        ? { governingService: headlessName(name), claims: [queueClaim(queues.volume, labels)] }
        : "RollingUpdate";
}

interface Ports {
    readonly plain: readonly ServicePort[];
    readonly guarded: readonly ServicePort[];
}

function portsOf({ guard, routes }: CollectorArgs): Ports {
    const port = (name: string, number: number, appProtocol: ServicePort["appProtocol"] = "http"): ServicePort => ({
        name,
        port: number,
        appProtocol,
    });
    const plain = [
        PLAIN_OTLP.grpc,
        PLAIN_OTLP.http,
        port("telemetry", COLLECTOR_PORTS.telemetry),
        // Without the scrape route nothing listens there.
        ...(routes.metrics.includes("scrape") ? [port("metrics", COLLECTOR_PORTS.metrics)] : []),
        port("health", COLLECTOR_PORTS.health),
    ];
    const guarded = [
        ...(guard?.grpc.enabled ? [port("guarded-grpc", COLLECTOR_PORTS.guardedGrpc, "https")] : []),
        ...(guard ? [port("guarded-http", COLLECTOR_PORTS.guardedHttp, "https")] : []),
    ];
    return { plain, guarded };
}
