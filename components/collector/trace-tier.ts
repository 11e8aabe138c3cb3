import { Service } from "@pulumi/kubernetes/core/v1/service";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { disruptionBudget } from "../shared/disruption-budget";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { labelsFor } from "../shared/labels";
import { SERVICE_ANNOTATIONS } from "../shared/rollout";
import { type ServicePort, servicePorts, workload } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { type CollectorConfigArgs, collectorConfig } from "./config";
import { furtherFiles } from "./further";
import { collectorPod } from "./pod";
import { COLLECTOR_PORTS, PLAIN_OTLP } from "./ports";
import { queueClaim } from "./queue-storage";
import { POD_NAME } from "./span-metrics";
import { headlessName } from "./targets";

/**
 * A pod that leaves is out of the Service at once. The first tier hears of it when it asks DNS again, every five seconds,
 * and DNS may remember for as long, so that what it sends until then is taken.
 */
const LINGER_SECONDS = 10;

/** Where traces come in. */
const TAKEN: readonly ServicePort[] = [PLAIN_OTLP.grpc];
/** What tells how a pod is. */
const WATCHED: readonly ServicePort[] = [
    { name: "telemetry", port: COLLECTOR_PORTS.telemetry, appProtocol: "http" },
    { name: "health", port: COLLECTOR_PORTS.health, appProtocol: "http" },
];

export interface TraceTierArgs extends Omit<
    CollectorConfigArgs,
    "guard" | "labelsUnnamed" | "podAttributes" | "redaction" | "tier"
> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly replicas: number;
    readonly rolloutTimeout: string;
}

/** Name of the second tier behind the Collectors of that name. */
export function traceTierName(collector: string): string {
    return `${collector}-traces`;
}

/** Name that resolves to the address of every pod of the second tier that is ready. */
export function traceTierHost(collector: string, namespace: string): string {
    return `${traceTierName(collector)}.${namespace}`;
}

/** The Collectors that see whole traces: each takes all spans of its part of them from the first tier. */
export class TraceTier extends pulumi.ComponentResource {
    constructor(name: string, args: TraceTierArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:TraceTier", name, args, opts);

        const { destinations = [], image, namespace, queues, replicas, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "collector", image });
        const several = replicas > 1;

        const config = hashedConfigMap(
            `${name}-config`,
            {
                namespace,
                labels: labels.all,
                data: { "config.yaml": renderYaml(collectorConfig({ ...args, tier: "traces" })) },
            },
            { parent: this },
        );

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas,
                // Also without volumes: a pod that comes again goes on with the series of the one before.
                strategy: {
                    governingService: headlessName(name),
                    ...(queues.volume ? { claims: [queueClaim(queues.volume, labels)] } : {}),
                },
                template: collectorPod(
                    {
                        ...args,
                        several,
                        ports: [...TAKEN, ...WATCHED],
                        config: config.metadata.name,
                        further: furtherFiles(name, destinations, { namespace, labels: labels.all }, { parent: this }),
                        env: args.spanMetrics ? [podName()] : [],
                        lingerSeconds: LINGER_SECONDS,
                    },
                    labels,
                ),
                ports: [],
            },
            { parent: this },
        );

        const service = (serviceName: string, spec: types.input.core.v1.ServiceSpec) =>
            new Service(
                serviceName,
                {
                    metadata: {
                        name: serviceName,
                        namespace,
                        labels: labels.all,
                        annotations: SERVICE_ANNOTATIONS,
                    },
                    spec: { clusterIP: "None", selector: labels.selector, ...spec },
                },
                { parent: this },
            );
        // By it the first tier finds those that take traces: one that is not ready is not among them.
        service(name, { ports: servicePorts(TAKEN) });
        // And by it Prometheus finds all: one that is not ready is the one whose metrics one wants to see.
        service(headlessName(name), { publishNotReadyAddresses: true, ports: servicePorts(WATCHED) });

        if (several) {
            disruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.registerOutputs();
    }
}

function podName(): types.input.core.v1.EnvVar {
    return { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
}
