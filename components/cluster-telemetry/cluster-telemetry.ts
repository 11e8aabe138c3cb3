import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterTelemetrySettings, runsAgent } from "../../config/model/cluster-telemetry";
import type { Signal } from "../../config/types/signal";
import type { Flow } from "../stack/flows";
import { NetworkPolicies } from "../network-policies/network-policies";
import { namespaceLabels } from "../kubernetes/labels";
import { Agent } from "./agent";
import { KubernetesEvents } from "./kubernetes-events";
import type { CollectorExporterArgs } from "./collector-exporter";
import { CLUSTER_TELEMETRY_NAMES } from "./names";

export interface ClusterTelemetryArgs extends CollectorExporterArgs {
    readonly clusterTelemetry: ClusterTelemetrySettings;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** The Namespace of the Collector that receives the telemetry. The logs of its pods are never read. */
    readonly stackNamespace: string;
    /** Whether an agent stores its queues and checkpoints in a directory of its node instead of memory. */
    readonly storesOnNode: boolean;
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
    constructor(name: string, args: ClusterTelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:ClusterCollection", name, args, opts);

        const { clusterTelemetry, flows, stackNamespace, ...shared } = args;
        const createNamespace = this.namespace(clusterTelemetry, args.storesOnNode);
        if (flows) {
            new NetworkPolicies(
                `${name}-network`,
                { namespace: createNamespace, flows, ownsNamespace: true },
                { parent: this },
            );
        }
        if (runsAgent(clusterTelemetry)) {
            new Agent(
                CLUSTER_TELEMETRY_NAMES.agent,
                {
                    ...shared,
                    clusterTelemetry,
                    namespace: createNamespace,
                    ownNamespaces: [clusterTelemetry.namespace, stackNamespace],
                    checkpointHostPath: `/var/lib/otel-stack/${clusterTelemetry.namespace}`,
                    clusterRoleName: `${clusterTelemetry.namespace}-kubelet`,
                },
                { parent: this },
            );
        }
        if (clusterTelemetry.kubernetesEvents.enabled) {
            new KubernetesEvents(
                CLUSTER_TELEMETRY_NAMES.events,
                {
                    ...shared,
                    clusterTelemetry,
                    namespace: createNamespace,
                    clusterRoleName: `${clusterTelemetry.namespace}-events`,
                },
                { parent: this },
            );
        }

        this.registerOutputs();
    }

    /**
     * Both the baseline and the restricted Pod Security Standard forbid hostPath volumes. Everything else meets the
     * restricted one.
     */
    private namespace({ namespace: name }: ClusterTelemetrySettings, storesOnNode: boolean): pulumi.Output<string> {
        const standard = storesOnNode ? "privileged" : "restricted";
        return new Namespace(
            name,
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
