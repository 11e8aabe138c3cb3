import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/kubernetes";
import { imageVersionLabel } from "../../config/types/image";
import type { ShopSettings } from "../../config/schema/schema";
import { nodeHeapMiB } from "../../config/model/memory";
import { parseSeconds } from "../../config/types/units";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { labelsFor } from "../kubernetes/labels";
import { type PodOptions, preStopSleep, renderPodTemplate, probes } from "../kubernetes/pod";
import type { ServicePort } from "../kubernetes/service";
import { createWorkload } from "../kubernetes/workload";
import { parseObjectName } from "../kubernetes/resource-names";

type EnvVar = types.input.core.v1.EnvVar;

/** USER in shop/Dockerfile. */
const SHOP_USER = 10001;
/** The port of all three programs. The load generator uses it only for probes. */
export const SHOP_PORT = 8080;
const SERVICE_PORTS: readonly ServicePort[] = [{ name: "http", port: SHOP_PORT, appProtocol: "http" }];

/**
 * Exports metrics and log records every few seconds, because the shop is for demonstrations. The SDK's default for
 * metrics is a minute. Spans have the SDK's default, so that the service graph is built from what applications send.
 */
const FAST_EXPORT_ENV = {
    OTEL_BLRP_SCHEDULE_DELAY: "1000",
    OTEL_METRIC_EXPORT_INTERVAL: "10000",
    OTEL_METRIC_EXPORT_TIMEOUT: "10000",
} as const;

export interface ShopArgs extends Omit<ShopSettings, "enabled" | "pods"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly rolloutTimeout: string;
    readonly endpoints: ShopEndpoints;
    /** OpenTelemetry's environment variables for the endpoint and the exporters. */
    readonly telemetry: Readonly<Record<string, string>>;
}

export interface ShopEndpoints {
    readonly frontend: Endpoint;
    readonly payments: Endpoint;
}

interface ShopNames {
    readonly frontend: string;
    readonly payments: string;
    readonly load: string;
}

/** Names of the Deployments and Services. They are also the service names in telemetry. */
export function shopNames(name: string): ShopNames {
    return { frontend: `${name}-frontend`, payments: `${name}-payments`, load: `${name}-load` };
}

export function shopEndpoints(name: string, namespace: string): ShopEndpoints {
    const { frontend, payments } = shopNames(name);
    return {
        frontend: serviceEndpoint(frontend, namespace, SHOP_PORT),
        payments: serviceEndpoint(payments, namespace, SHOP_PORT),
    };
}

/** The demo application in shop/: two services, one of which fails and is slow on request, and a load generator. */
export class Shop extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<ShopEndpoints>;

    constructor(name: string, args: ShopArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Shop", name, args, opts);

        const names = shopNames(name);
        const { frontend, payments } = args.endpoints;
        this.createDeployment(names.payments, "payments", args, {
            SHOP_ERROR_RATE: String(args.errorRate),
            SHOP_SLOW_RATE: String(args.slowRate),
            SHOP_SLOW_DELAY_MS: String(parseSeconds(args.slowDelay) * 1000),
        });
        this.createDeployment(names.frontend, "frontend", args, { SHOP_PAYMENTS_URL: payments.url });
        this.createDeployment(names.load, "load", args, {
            SHOP_FRONTEND_URL: frontend.url,
            SHOP_REQUESTS_PER_SECOND: String(args.requestsPerSecond),
        });

        this.endpoints = pulumi.output(args.endpoints);
        this.registerOutputs({ endpoints: this.endpoints });
    }

    private createDeployment(
        name: string,
        role: keyof ShopNames,
        args: ShopArgs,
        own: Readonly<Record<string, string>>,
    ): void {
        const { namespace, image, rolloutTimeout, resources } = args;
        const objectName = parseObjectName(name);
        const labels = labelsFor({ name: objectName, component: "shop", image });
        const serves = role !== "load";
        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "RollingUpdate",
                template: renderPodTemplate({
                    name: "shop",
                    labels,
                    image,
                    user: SHOP_USER,
                    args: [role],
                    resources,
                    pods: args.pods,
                    container: {
                        env: [
                            ...renderResourceEnvVars(objectName, image),
                            ...renderEnvVars({ ...args.telemetry, ...FAST_EXPORT_ENV, ...own }),
                            ...renderEnvVars({
                                NODE_OPTIONS: `--max-old-space-size=${nodeHeapMiB(resources.limits.memory)}`,
                            }),
                        ],
                        ports: [{ name: "http", containerPort: SHOP_PORT }],
                        ...(serves ? preStopSleep() : {}),
                        ...probes({ port: "http", live: "/livez", ready: "/readyz" }),
                    },
                }),
                ports: serves ? SERVICE_PORTS : [],
            },
            { parent: this },
        );
    }
}

function renderEnvVars(values: Readonly<Record<string, string>>): EnvVar[] {
    return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/**
 * Resource attributes of the sender. The pod is the service instance, so that a container restart creates no new
 * series.
 *
 * https://opentelemetry.io/docs/specs/semconv/resource/k8s/
 */
function renderResourceEnvVars(name: string, image: string): EnvVar[] {
    const fromPod = (variable: string, fieldPath: string): EnvVar => ({
        name: variable,
        valueFrom: { fieldRef: { fieldPath } },
    });
    const attributes = {
        "service.version": imageVersionLabel(image),
        "service.instance.id": "$(POD_NAME)",
        "k8s.deployment.name": name,
        "k8s.namespace.name": "$(POD_NAMESPACE)",
        "k8s.node.name": "$(NODE_NAME)",
        "k8s.pod.name": "$(POD_NAME)",
    };
    return [
        fromPod("NODE_NAME", "spec.nodeName"),
        fromPod("POD_NAME", "metadata.name"),
        fromPod("POD_NAMESPACE", "metadata.namespace"),
        ...renderEnvVars({
            OTEL_SERVICE_NAME: name,
            OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
                .map(([key, value]) => `${key}=${value}`)
                .join(","),
        }),
    ];
}
