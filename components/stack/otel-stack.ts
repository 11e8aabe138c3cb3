import * as pulumi from "@pulumi/pulumi";
import { type Plan, resolvePlan } from "../../config/model/plan";
import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import type { StackSettings, StackSettingsInput } from "../../config/schema/schema";
import { isValid, validate } from "../../config/validate";
import type { Grafana } from "../grafana/grafana";
import { forcePatch } from "../kubernetes/force-patch";
import { createServiceTransformation } from "../kubernetes/service-options";
import { renderContainerEnv, renderContainerEnvFrom, renderShellEnv } from "./application-env";
import { createBackends } from "./backends";
import { createClients, createClusterTelemetry, createEnvConfigMaps } from "./clients";
import { createCollectors } from "./collectors";
import { createGrafana } from "./grafana";
import { createExposure, createNetworkPolicies } from "./networking";
import {
    type StackOutputs,
    durabilityOutput,
    endpointOutputs,
    externalUrlsOutput,
    grafanaAdminOutput,
    portForwardOutputs,
    secureOtlpOutput,
    verificationOutput,
} from "./outputs";
import { StackContext } from "./stack-context";
import { COMPONENT_TYPE } from "./state";

/**
 * The settings of a stack, with the keys of docs/reference/settings.md without `otel-stack:`. Each has a default.
 * Values are plain: a secret, such as a destination's header, is a string.
 */
export type OtelStackArgs = StackSettingsInput;

/**
 * A complete OpenTelemetry backend: Collectors, Jaeger, Prometheus, a log store and Grafana.
 *
 * A program may have several. Each needs a name and Namespaces of its own.
 *
 * @example
 * ```ts
 * const stack = new OtelStack(
 *     "telemetry",
 *     {
 *         namespace: { name: "telemetry" },
 *         clusterTelemetry: { namespace: "telemetry-agents" },
 *         durability: { mode: "disk" },
 *     },
 *     { provider: cluster },
 * );
 * const env = stack.outputs.applicationEnv;
 * ```
 */
export class OtelStack extends pulumi.ComponentResource {
    /** Addresses, port-forwards, credentials and other information for users of the stack. */
    readonly outputs: StackOutputs;

    /**
     * @param args Settings that {@link validate} has returned, or a part of them, which the constructor validates.
     * @throws pulumi.RunError with all issues of the settings, before any resource is registered.
     */
    constructor(name: string, args: OtelStackArgs = {}, opts: pulumi.ComponentResourceOptions = {}) {
        const plan = resolvePlan(parseArgs(name, args));
        super(COMPONENT_TYPE, name, {}, addTransformations(opts, plan));
        const context = new StackContext(this, name, plan);

        createEnvConfigMaps(context);
        createNetworkPolicies(context);
        const backends = createBackends(context);
        const collector = createCollectors(context, backends);
        createClusterTelemetry(context, collector);
        const grafana = createGrafana(context);
        createClients(context, collector);
        createExposure(context);

        this.outputs = resolveOutputs(context, grafana);
        this.registerOutputs({ ...this.outputs });
    }
}

function resolveOutputs(
    { agentEnv, applicationEnv, endpoints, plan }: StackContext,
    grafana: Grafana | undefined,
): StackOutputs {
    const secureOtlp = secureOtlpOutput(NAMES.collector, endpoints.collector, plan);
    const externalUrls = externalUrlsOutput(plan);
    return {
        namespace: plan.settings.namespace.name,
        endpoints: endpointOutputs(endpoints, plan),
        applicationEnv,
        applicationEnvShell: renderShellEnv(applicationEnv),
        applicationEnvYaml: renderContainerEnv(applicationEnv),
        applicationEnvFromYaml: renderContainerEnvFrom(),
        ...(agentEnv ? { agentEnv } : {}),
        portForwards: portForwardOutputs(NAMES, plan),
        ...(grafana ? { grafanaAdmin: grafanaAdminOutput(grafana.adminPassword, plan) } : {}),
        ...(secureOtlp ? { secureOtlp } : {}),
        ...(externalUrls ? { externalUrls } : {}),
        verification: verificationOutput(plan),
        storedData: plan.storedData,
        durability: durabilityOutput(plan),
    };
}

function addTransformations(
    opts: pulumi.ComponentResourceOptions,
    { settings }: Plan,
): pulumi.ComponentResourceOptions {
    return {
        ...opts,
        transformations: [...(opts.transformations ?? []), createServiceTransformation(settings.services), forcePatch],
    };
}

function parseArgs(name: string, args: OtelStackArgs): StackSettings {
    if (isValid(args)) {
        return args;
    }
    const { settings, issues } = validate({ ...args });
    if (issues) {
        const lines = issues.map(({ key, message }) => `  ${key}: ${message}`);
        throw new pulumi.RunError(`the arguments of OtelStack ${name} are not valid:\n${lines.join("\n")}`);
    }
    return settings;
}
