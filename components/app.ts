import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/kubernetes";
import { versionOf } from "../config/images";
import type { AppSettings } from "../config/schema";
import { nodeHeapMiB } from "../config/sizing";
import { secondsOf } from "../config/units";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { labelsFor } from "./shared/labels";
import { leavingSlowly, podTemplate, probes } from "./shared/pod";
import { type ServicePort, workload } from "./shared/workload";

type EnvVar = types.input.core.v1.EnvVar;

/** USER of app/Dockerfile. */
const APP_USER = 10001;
/** All three listen there; the load generator for its probes alone. */
export const APP_PORT = 8080;
const SERVICE_PORTS: readonly ServicePort[] = [{ name: "http", port: APP_PORT, appProtocol: "http" }];

/** A playground shows at once what has happened: a minute between two exports of metrics is the SDK's default. */
const OFTEN = {
    OTEL_BLRP_SCHEDULE_DELAY: "1000",
    OTEL_BSP_SCHEDULE_DELAY: "1000",
    OTEL_METRIC_EXPORT_INTERVAL: "10000",
    OTEL_METRIC_EXPORT_TIMEOUT: "10000",
} as const;

export interface AppArgs extends Omit<AppSettings, "enabled"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    readonly endpoints: AppEndpoints;
    /** OpenTelemetry's own variables: where telemetry goes, and which of it. */
    readonly telemetry: Readonly<Record<string, string>>;
}

export interface AppEndpoints {
    readonly frontend: Endpoint;
    readonly payments: Endpoint;
}

interface AppNames {
    readonly frontend: string;
    readonly payments: string;
    readonly load: string;
}

/** Names of the Deployments and Services, and of the services in the telemetry. */
export function appNames(name: string): AppNames {
    return { frontend: `${name}-frontend`, payments: `${name}-payments`, load: `${name}-load` };
}

export function appEndpoints(name: string, namespace: string): AppEndpoints {
    const { frontend, payments } = appNames(name);
    return {
        frontend: endpointOf(frontend, namespace, APP_PORT),
        payments: endpointOf(payments, namespace, APP_PORT),
    };
}

/** The shop of app/: two services, one of which fails and dawdles as it is told, and a load generator. */
export class App extends pulumi.ComponentResource {
    constructor(name: string, args: AppArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:App", name, args, opts);

        const names = appNames(name);
        const { frontend, payments } = args.endpoints;
        this.role(names.payments, "payments", args, {
            SHOP_ERROR_RATE: String(args.errorRate),
            SHOP_SLOW_RATE: String(args.slowRate),
            SHOP_SLOW_DELAY_MS: String(secondsOf(args.slowDelay) * 1000),
        });
        this.role(names.frontend, "frontend", args, { SHOP_PAYMENTS_URL: payments.urls.short });
        this.role(names.load, "load", args, {
            SHOP_FRONTEND_URL: frontend.urls.short,
            SHOP_REQUESTS_PER_SECOND: String(args.requestsPerSecond),
        });

        this.registerOutputs();
    }

    private role(name: string, role: keyof AppNames, args: AppArgs, own: Readonly<Record<string, string>>): void {
        const { namespace, image, rolloutTimeout, resources } = args;
        const labels = labelsFor({ name, component: "shop", image });
        const serves = role !== "load";
        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "RollingUpdate",
                template: podTemplate({
                    name: "shop",
                    labels,
                    image,
                    user: APP_USER,
                    args: [role],
                    resources,
                    container: {
                        env: [
                            ...resourceVariables(name, image),
                            ...variables({ ...args.telemetry, ...OFTEN, ...own }),
                            ...variables({
                                NODE_OPTIONS: `--max-old-space-size=${nodeHeapMiB(resources.limits.memory)}`,
                            }),
                        ],
                        ports: [{ name: "http", containerPort: APP_PORT }],
                        ...(serves ? leavingSlowly() : {}),
                        ...probes({ port: "http", live: "/livez", ready: "/readyz" }),
                    },
                }),
                ports: serves ? SERVICE_PORTS : [],
            },
            { parent: this },
        );
    }
}

function variables(values: Readonly<Record<string, string>>): EnvVar[] {
    return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/**
 * Who sends. The pod is the instance: it outlives its container's restarts, so that those make no new series.
 *
 * https://opentelemetry.io/docs/specs/semconv/resource/k8s/
 */
function resourceVariables(name: string, image: string): EnvVar[] {
    const fromPod = (variable: string, fieldPath: string): EnvVar => ({
        name: variable,
        valueFrom: { fieldRef: { fieldPath } },
    });
    const attributes = {
        "service.version": versionOf(image),
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
        ...variables({
            OTEL_SERVICE_NAME: name,
            OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
                .map(([key, value]) => `${key}=${value}`)
                .join(","),
        }),
    ];
}
