import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../config/model/plan";
import { SIGNALS } from "../../config/types/signal";
import { parseSeconds } from "../../config/types/units";
import type { Endpoint } from "../kubernetes/endpoint";
import { labelsFor } from "../kubernetes/labels";
import { renderYaml } from "../telemetry/yaml";

/** OpenTelemetry's environment variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export type EnvVariables = Readonly<Record<string, string>>;

/** Names of the ConfigMaps. They are constant, because users write them into their Deployments. */
export const APPLICATION_ENV_NAME = "otel-application-env";
export const AGENT_ENV_NAME = "otel-agent-env";

/**
 * Applications send by HTTP, because fewer SDKs lose data when a Collector restarts: that of Node.js never retries over
 * gRPC. It is also the only protocol of the SDK of Rust with its default features. That of Go loses less over gRPC.
 */
export const OTLP_HTTP_PROTOCOL = "http/protobuf";

/** The variables that are the same for every service that sends to the endpoint. */
export function resolveApplicationEnv({ url }: Endpoint, plan: Plan): EnvVariables {
    return {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_PROTOCOL: OTLP_HTTP_PROTOCOL,
        ...resolveExportVariables(plan),
    };
}

/**
 * The variables about what is exported, and when. They disable the exporter of a signal without a destination, because
 * the Collector would reject it.
 */
export function resolveExportVariables({ routes, settings: { applicationEnv } }: Plan): EnvVariables {
    return {
        OTEL_METRIC_EXPORT_INTERVAL: String(parseSeconds(applicationEnv.metricExportInterval) * 1000),
        ...Object.fromEntries(
            SIGNALS.filter((signal) => routes[signal].length === 0).map((signal) => [
                `OTEL_${signal.toUpperCase()}_EXPORTER`,
                "none",
            ]),
        ),
    };
}

/** A name that the user replaces. */
const SERVICE_NAME = "my-service";

/** The variables of one service in a shell. The hostname of a container is the name of its pod. */
export const SERVICE_SHELL_VARIABLES: EnvVariables = {
    OTEL_SERVICE_NAME: SERVICE_NAME,
    OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=$(hostname)",
};

/**
 * The variables of one service in a pod. Each pod is an instance of the service. SDKs that send no instance by
 * themselves, such as those of Go and Rust, would otherwise send all replicas as one series.
 */
const SERVICE_POD_VARIABLES: readonly types.input.core.v1.EnvVar[] = [
    { name: "OTEL_SERVICE_NAME", value: SERVICE_NAME },
    // Before the variable that refers to it.
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "OTEL_RESOURCE_ATTRIBUTES", value: "service.instance.id=$(POD_NAME)" },
];

/** Renders commands for a shell. */
export function renderShellEnv(variables: EnvVariables): string {
    return Object.entries({ ...variables, ...SERVICE_SHELL_VARIABLES })
        .map(([name, value]) => `export ${name}=${value}`)
        .join("\n");
}

/** Renders `env` of a container. */
export function renderContainerEnv(variables: EnvVariables): string {
    const shared = Object.entries(variables).map(([name, value]) => ({ name, value }));
    return renderYaml({ env: [...SERVICE_POD_VARIABLES, ...shared] });
}

/** Renders `envFrom` and `env` of a container. Kubernetes replaces `$(POD_NAME)` only in `env`. */
export function renderContainerEnvFrom(): string {
    return renderYaml({ envFrom: [{ configMapRef: { name: APPLICATION_ENV_NAME } }], env: SERVICE_POD_VARIABLES });
}

export interface EnvConfigMapArgs {
    readonly objectName: string;
    readonly namespace: pulumi.Input<string>;
    readonly variables: EnvVariables;
    /** Of the Collector that the variables are for. */
    readonly image: string;
}

/**
 * Creates a ConfigMap for the `envFrom` of pods. Unlike that of a workload of the stack, it is mutable and has a
 * constant name.
 */
export function createEnvConfigMap(
    name: string,
    { image, namespace, objectName, variables }: EnvConfigMapArgs,
    opts: pulumi.CustomResourceOptions,
): ConfigMap {
    const labels = labelsFor({ name: objectName, component: "application-env", image }).all;
    return new ConfigMap(name, { metadata: { name: objectName, namespace, labels }, data: { ...variables } }, opts);
}
