import * as pulumi from "@pulumi/pulumi";
import type { Autoscaling } from "../../config/model/autoscaling";
import { createServiceAccount } from "../kubernetes/service-account";
import { createDisruptionBudget } from "../kubernetes/disruption-budget";
import { type Labels, labelsFor } from "../kubernetes/labels";
import { type MountedVolumes, NO_VOLUMES, type PodOptions } from "../kubernetes/pod";
import { type ServicePort, createHeadlessService, createService } from "../kubernetes/service";
import { type WorkloadArgs, createWorkload } from "../kubernetes/workload";
import { createAutoscaler } from "./autoscaler";
import { createCollectorConfigMap } from "./config-map";
import { type CollectorConfigArgs, renderCollectorConfig } from "./config/render";
import { createDestinationSecrets } from "./config/destination-exporters";
import { LAMBDA_GATE } from "./config/redaction";
import { renderSecureListenerMounts } from "./config/secure-listener";
import { POD_ATTRIBUTES_RULES } from "./config/k8s-attributes";
import { renderCollectorPod } from "./pod";
import { COLLECTOR_PORTS, OTLP_PORTS } from "./config/ports";
import { createTokenSecret } from "./tokens";
import { renderQueueClaimTemplate } from "./config/queue-storage";
import { headlessServiceName } from "../kubernetes/endpoint";
import { type CollectorEndpoints, collectorEndpoints, secureServiceName } from "./endpoints";
import { parseObjectName } from "../kubernetes/resource-names";

export interface CollectorArgs extends CollectorConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly replicas: number;
    /** The autoscaler that sets the number of pods. Undefined uses a fixed number. */
    readonly autoscaling?: Autoscaling | undefined;
    readonly rolloutTimeout: string;
}

/** Receives OTLP from workloads and exports each signal to its destinations. */
export class Collector extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<CollectorEndpoints>;

    constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Collector", name, args, opts);

        const { autoscaling, namespace, image, replicas, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "collector", image });
        const ports = resolveListenerPorts(args);
        const multiReplica = (autoscaling?.maxReplicas ?? replicas) > 1;

        const config = createCollectorConfigMap(
            name,
            renderCollectorConfig(args),
            { namespace, labels },
            { parent: this },
        );

        const serviceAccount = args.podAttributes
            ? createServiceAccount(
                  name,
                  {
                      namespace,
                      labels,
                      clusterRoleName: args.podAttributes.clusterRoleName,
                      rules: POD_ATTRIBUTES_RULES,
                  },
                  { parent: this },
              )
            : undefined;

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                replicas: autoscaling ? { initial: autoscaling.minReplicas } : replicas,
                strategy: resolveStrategy(name, args, labels),
                template: renderCollectorPod(
                    {
                        ...args,
                        multiReplica,
                        ports: [...ports.plain, ...ports.secure],
                        config,
                        featureGates: args.redaction ? [LAMBDA_GATE] : [],
                        secureListenerMounts: this.createSecureListenerMounts(name, args, labels),
                        destinationMounts: createDestinationSecrets(
                            name,
                            args.destinations ?? [],
                            { namespace, labels: labels.all },
                            { parent: this },
                        ),
                        ...(serviceAccount === undefined ? {} : { serviceAccount }),
                    },
                    labels,
                ),
                ports: ports.plain,
            },
            { parent: this },
        );

        createHeadlessService(
            name,
            {
                namespace,
                labels,
                ports: ports.plain.filter((port) => port.name === "metrics" || port.name === "telemetry"),
            },
            { parent: this },
        );
        if (ports.secure.length > 0) {
            createService(secureServiceName(name), { namespace, labels, ports: ports.secure }, { parent: this });
        }

        if (autoscaling) {
            const kind = args.queues.volume ? "StatefulSet" : "Deployment";
            createAutoscaler(name, { namespace, labels, kind, scaling: autoscaling }, { parent: this });
        }
        if (multiReplica) {
            createDisruptionBudget(name, { namespace, labels }, { parent: this });
        }

        this.endpoints = pulumi.output(namespace).apply((ns) => collectorEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }

    private createSecureListenerMounts(
        name: string,
        { secureOtlp, namespace }: CollectorArgs,
        labels: Labels,
    ): MountedVolumes {
        if (secureOtlp === undefined) {
            return NO_VOLUMES;
        }
        const { auth, token } = secureOtlp;
        const tokens =
            auth === "token"
                ? createTokenSecret(name, { namespace, labels: labels.all, token }, { parent: this })
                : undefined;
        return renderSecureListenerMounts(secureOtlp, tokens);
    }
}

/** With persistent queues, each pod keeps its name and its volume. */
function resolveStrategy(name: string, { queues }: CollectorArgs, labels: Labels): WorkloadArgs["strategy"] {
    return queues.volume
        ? {
              governingService: headlessServiceName(parseObjectName(name)),
              claims: [renderQueueClaimTemplate(queues.volume, labels)],
          }
        : "RollingUpdate";
}

interface ListenerPorts {
    readonly plain: readonly ServicePort[];
    readonly secure: readonly ServicePort[];
}

function resolveListenerPorts({ secureOtlp, routes }: CollectorArgs): ListenerPorts {
    const port = (name: string, number: number, appProtocol: ServicePort["appProtocol"] = "http"): ServicePort => ({
        name,
        port: number,
        appProtocol,
    });
    const plain = [
        OTLP_PORTS.grpc,
        OTLP_PORTS.http,
        port("telemetry", COLLECTOR_PORTS.telemetry),
        // Without the scrape route, no exporter listens on this port.
        ...(routes.metrics.includes("scrape") ? [port("metrics", COLLECTOR_PORTS.metrics)] : []),
        port("health", COLLECTOR_PORTS.health),
    ];
    const secure = [
        ...(secureOtlp?.grpc.enabled ? [port("secure-grpc", COLLECTOR_PORTS.secureGrpc, "https")] : []),
        ...(secureOtlp ? [port("secure-http", COLLECTOR_PORTS.secureHttp, "https")] : []),
    ];
    return { plain, secure };
}
