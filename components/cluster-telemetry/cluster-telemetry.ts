import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterTelemetryPlan, ClusterTelemetrySettings } from "../../config/model/cluster-telemetry";
import type { Signal } from "../../config/types/signal";
import type { Flow } from "../stack/flows";
import { NetworkPolicies } from "../network-policies/network-policies";
import { namespaceLabels } from "../kubernetes/labels";
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
    readonly rolloutTimeout: string;
    /** The Namespace of what is sent to: the logs of its pods are left alone. */
    readonly stackNamespace: string;
    /** What the Collector takes. */
    readonly signals: readonly Signal[];
    /** All that is let through; left out, everything is. */
    readonly flows?: readonly Flow[];
}

/**
 * Collects from the cluster what applications do not send, in a Namespace of its own.
 *
 * What the Collector prints of the records that it receives would come back to it as records, again and again, and so
 * would what a store complains of: the logs of both Namespaces are never read.
 */
export class ClusterTelemetry extends pulumi.ComponentResource {
    /** Where applications reach the agent of their node; undefined where the agents accept no OTLP. */
    readonly agentEndpoints: pulumi.Output<AgentEndpoints> | undefined;

    constructor(name: string, args: ClusterTelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:ClusterTelemetry", name, args, opts);

        const { clusterTelemetry, flows, plan, stackNamespace, ...shared } = args;
        const namespace = this.createNamespace(name, clusterTelemetry, plan.storesOnNodes);
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
                    clusterRoleName: `${clusterTelemetry.namespace}-events`,
                },
                { parent: this, aliases: [{ type: "otel-stack:index:Events" }] },
            );
        }

        this.agentEndpoints = agent?.endpoints;
        this.registerOutputs(this.agentEndpoints ? { agentEndpoints: this.agentEndpoints } : {});
    }

    /** No standard allows a volume of the node; all else here meets the strictest. */
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
