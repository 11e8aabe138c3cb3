import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../config/model/plan";
import { WORKLOAD_NAMES } from "../../config/model/workload-names";
import type { Workload } from "../../config/schema/workloads";
import type { PodOptions } from "../kubernetes/pod";
import { type PullSecretArgs, createPullSecrets, renderDockerConfig } from "../kubernetes/pull-secrets";
import { DEFAULT_STACK_NAME, renderResourceName } from "../kubernetes/resource-names";
import { type EnvVariables, resolveApplicationEnv } from "./application-env";
import { type StackEndpoints, resolveEndpoints } from "./endpoints";
import { getOrCreateNamespace } from "./namespace";

interface WorkloadArgs {
    readonly namespace: pulumi.Output<string>;
    readonly rolloutTimeout: string;
    readonly pods: PodOptions;
}

/** What the components of one stack have in common: its plan, its Namespace, and the names and options of children. */
export class StackContext {
    readonly endpoints: StackEndpoints;
    readonly applicationEnv: EnvVariables;
    /** Undefined if agents do not accept OTLP. */
    readonly agentEnv: EnvVariables | undefined;
    /** An output of the Namespace, so that resources that use it are created after it and deleted before it. */
    readonly namespace: pulumi.Output<string>;
    /** What the Secrets for pulling images are made from. */
    readonly pullSecrets: PullSecretArgs;
    /** Names of the Secrets for pulling images in the Namespace. */
    private readonly pullSecretNames: readonly pulumi.Input<string>[];

    constructor(
        private readonly parent: pulumi.ComponentResource,
        private readonly name: string,
        readonly plan: Plan,
    ) {
        const { retainsNamespace, settings } = plan;
        this.endpoints = resolveEndpoints(WORKLOAD_NAMES, settings);
        this.applicationEnv = resolveApplicationEnv(this.endpoints.collector.otlpHttp, plan);
        this.agentEnv = settings.clusterTelemetry.agentOtlp.enabled
            ? resolveApplicationEnv(this.endpoints.agent.otlpHttp, plan)
            : undefined;
        this.namespace = getOrCreateNamespace(
            this.childName(settings.namespace.name),
            settings.namespace,
            this.childOptions({ retainOnDelete: retainsNamespace }),
        ).metadata.name;
        this.pullSecrets = {
            existing: settings.images.pullSecrets,
            dockerConfig: renderDockerConfig(plan.registryCredentials),
        };
        this.pullSecretNames = createPullSecrets(
            this.childName(settings.namespace.name),
            this.namespace,
            this.pullSecrets,
            this.childOptions(),
        );
    }

    /** Arguments of every workload in the Namespace. */
    sharedArgs(workload: Workload): WorkloadArgs {
        return {
            namespace: this.namespace,
            rolloutTimeout: this.plan.settings.rolloutTimeout,
            pods: { ...this.plan.pods[workload], pullSecrets: this.pullSecretNames },
        };
    }

    childName(objectName: string): string {
        return renderResourceName(this.name, objectName);
    }

    /**
     * @param former Other properties that identified a child when the stack's resources had no parent. With this alias,
     * Pulumi moves the resources of such a stack instead of replacing them.
     */
    childOptions<Opts extends pulumi.ResourceOptions>(
        opts?: Opts,
        former: Pick<pulumi.Alias, "name" | "type"> = {},
    ): Opts & pulumi.ResourceOptions {
        return {
            ...(opts ?? ({} as Opts)),
            parent: this.parent,
            ...(this.name === DEFAULT_STACK_NAME ? { aliases: [{ ...former, parent: pulumi.rootStackResource }] } : {}),
        };
    }
}
