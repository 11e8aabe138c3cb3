import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterTelemetryPlan, ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { PodPlan } from "../../config/model/pods";
import type { Signal } from "../../config/types/signal";
import type { Flow } from "../network-policies/flow";
import { NetworkPolicies } from "../network-policies/network-policies";
import { namespaceLabels } from "../kubernetes/labels";
import { type PullSecretArgs, createPullSecrets } from "../kubernetes/pull-secrets";
import { Agent } from "./agent";
import { KubernetesEvents } from "./kubernetes-events";
import type { CollectorExporterArgs } from "./collector-exporter";
import type { AgentEndpoints } from "./agent-otlp";
import { CLUSTER_TELEMETRY_NAMES } from "./names";
import { renderSiblingName } from "../kubernetes/resource-names";

export interface ClusterTelemetryArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: ClusterTelemetrySettings;
    readonly plan: ClusterTelemetryPlan;
    readonly image: string;
    readonly agentPods: PodPlan;
    readonly eventsPods: PodPlan;
    readonly pullSecrets: PullSecretArgs;
    readonly rolloutTimeout: string;
    /** The Namespace of the Collector that receives the telemetry. The logs of its pods are never read. */
    readonly stackNamespace: string;
    /** The signals that the Collector accepts. */
    readonly signals: readonly Signal[];
    /** The connections that NetworkPolicies allow. Undefined creates no NetworkPolicies. */
    readonly flows?: readonly Flow[];
}

/**
 * Collects pod logs, metrics and events of the cluster, in a separate Namespace.
 *
 * The logs of this Namespace and of the stack's Namespace are never read. Otherwise the Collector's debug output and
 * the errors of a log store would come back as records in an endless loop.
 */
export class ClusterTelemetry extends pulumi.ComponentResource {
    /** Endpoints of the agent on an application's node. Undefined if the agents accept no OTLP. */
    readonly agentEndpoints: pulumi.Output<AgentEndpoints> | undefined;

    constructor(name: string, args: ClusterTelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:ClusterTelemetry", name, args, opts);

        const { agentPods, clusterTelemetry, eventsPods, flows, plan, stackNamespace, ...shared } = args;
        const namespace = this.createNamespace(name, clusterTelemetry, plan.storesOnNodes);
        const pullSecrets = createPullSecrets(name, namespace, args.pullSecrets, { parent: this });
        if (flows) {
            new NetworkPolicies(`${name}-network`, { namespace, flows, ownsNamespace: true }, { parent: this });
        }
        const agent = plan.runsAgent
            ? new Agent(
                  renderSiblingName(name, CLUSTER_TELEMETRY_NAMES.agent),
                  {
                      ...shared,
                      clusterTelemetry,
                      plan,
                      namespace,
                      pods: { ...agentPods, pullSecrets },
                      ownNamespaces: [clusterTelemetry.namespace, stackNamespace],
                      checkpointHostPath: `/var/lib/otel-stack/${clusterTelemetry.namespace}`,
                      clusterRoleName: `${clusterTelemetry.namespace}-kubelet`,
                  },
                  { parent: this },
              )
            : undefined;
        if (clusterTelemetry.kubernetesEvents.enabled) {
            new KubernetesEvents(
                renderSiblingName(name, CLUSTER_TELEMETRY_NAMES.events),
                {
                    ...shared,
                    clusterTelemetry,
                    namespace,
                    pods: { ...eventsPods, pullSecrets },
                    clusterRoleName: `${clusterTelemetry.namespace}-events`,
                },
                { parent: this, aliases: [{ type: "otel-stack:index:Events" }] },
            );
        }

        this.agentEndpoints = agent?.endpoints;
        this.registerOutputs(this.agentEndpoints ? { agentEndpoints: this.agentEndpoints } : {});
    }

    /**
     * Both the baseline and the restricted Pod Security Standard forbid hostPath volumes. Everything else meets the
     * restricted one.
     */
    private createNamespace(
        prefix: string,
        { namespace: name }: ClusterTelemetrySettings,
        storesOnNodes: boolean,
    ): pulumi.Output<string> {
        const standard = storesOnNodes ? "privileged" : "restricted";
        return new Namespace(
            renderSiblingName(prefix, name),
            {
                metadata: {
                    name,
                    labels: namespaceLabels(name, { enforce: standard, warn: standard }),
                },
            },
            { parent: this },
        ).metadata.name;
    }
}
