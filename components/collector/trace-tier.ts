import * as pulumi from "@pulumi/pulumi";
import { createDisruptionBudget } from "../kubernetes/disruption-budget";
import { labelsFor } from "../kubernetes/labels";
import type { PodOptions } from "../kubernetes/pod";
import { type ServicePort, createHeadlessService, createService } from "../kubernetes/service";
import { createWorkload } from "../kubernetes/workload";
import { createCollectorConfigMap } from "./config-map";
import { type CollectorConfigArgs, renderCollectorConfig } from "./config/render";
import { createDestinationSecrets } from "./config/destination-exporters";
import { renderCollectorPod } from "./pod";
import { COLLECTOR_PORTS, OTLP_PORTS } from "./config/ports";
import { renderQueueClaimTemplate } from "./config/queue-storage";
import { headlessServiceName } from "../kubernetes/endpoint";
import { parseObjectName } from "../kubernetes/resource-names";

/**
 * A terminating pod leaves the Service immediately. The ingest tier resolves DNS every five seconds, and DNS caches may
 * hold a record for as long. Until then, the pod still accepts data.
 */
const EXTRA_PRE_STOP_SECONDS = 10;

/** Ports that accept traces. */
const TRACE_PORTS: readonly ServicePort[] = [OTLP_PORTS.grpc];
/** Ports for metrics. */
const MONITORING_PORTS: readonly ServicePort[] = [
    { name: "telemetry", port: COLLECTOR_PORTS.telemetry, appProtocol: "http" },
    { name: "health", port: COLLECTOR_PORTS.health, appProtocol: "http" },
];

export interface TraceTierArgs extends Omit<
    CollectorConfigArgs,
    "labelsByResource" | "podAttributes" | "redaction" | "secureOtlp" | "tier"
> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly replicas: number;
    readonly rolloutTimeout: string;
}

export interface TraceTierEndpoints {
    /** Hostname that resolves to the addresses of all ready pods of the trace tier. */
    readonly host: string;
}

export function traceTierEndpoints(name: string, namespace: string): TraceTierEndpoints {
    return { host: `${name}.${namespace}` };
}

/** The trace tier of Collectors. Each pod receives all spans of its share of the traces from the ingest tier. */
export class TraceTier extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<TraceTierEndpoints>;

    constructor(name: string, args: TraceTierArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:TraceTier", name, args, opts);

        const { destinations = [], image, namespace, queues, replicas, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "collector", image });
        const multiReplica = replicas > 1;

        const config = createCollectorConfigMap(
            name,
            renderCollectorConfig({ ...args, tier: "traces" }),
            { namespace, labels },
            { parent: this },
        );

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas,
                // A StatefulSet also without volumes: a replaced pod keeps its name, so its series continue.
                strategy: {
                    governingService: headlessServiceName(parseObjectName(name)),
                    ...(queues.volume ? { claims: [renderQueueClaimTemplate(queues.volume, labels)] } : {}),
                },
                template: renderCollectorPod(
                    {
                        ...args,
                        multiReplica,
                        ports: [...TRACE_PORTS, ...MONITORING_PORTS],
                        config,
                        destinationMounts: createDestinationSecrets(
                            name,
                            destinations,
                            { namespace, labels: labels.all },
                            { parent: this },
                        ),
                        extraPreStopSeconds: EXTRA_PRE_STOP_SECONDS,
                    },
                    labels,
                ),
                ports: [],
            },
            { parent: this },
        );

        // The ingest tier resolves this Service, which contains only ready pods.
        createService(name, { namespace, labels, clusterIP: "None", ports: TRACE_PORTS }, { parent: this });
        createHeadlessService(name, { namespace, labels, ports: MONITORING_PORTS }, { parent: this });

        if (multiReplica) {
            createDisruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.endpoints = pulumi.output(namespace).apply((ns) => traceTierEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}
