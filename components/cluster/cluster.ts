import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterSettings, hasAgent } from "../../config/cluster";
import { STACK_LABELS, namespaceLabels, selectorOf } from "../shared/labels";
import { Agent } from "./agent";
import { Events } from "./events";
import type { ExporterArgs } from "./exporter";
import { type EgressArgs, collectionPolicy } from "./flows";
import { CLUSTER_NAMES } from "./names";

export interface ClusterCollectionArgs extends ExporterArgs {
    readonly cluster: ClusterSettings;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** The Namespace of what is sent to: the logs of its pods are left alone. */
    readonly stackNamespace: string;
    /** Given where NetworkPolicies close what is not used. */
    readonly closed?: Pick<EgressArgs, "collector" | "dns">;
}

/**
 * Collects from the cluster what applications do not send, in a Namespace of its own.
 *
 * What the Collector prints of the records that it receives would come back to it as records, again and again, and so
 * would what a store complains of: the logs of both Namespaces are never read.
 */
export class ClusterCollection extends pulumi.ComponentResource {
    constructor(name: string, args: ClusterCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:ClusterCollection", name, args, opts);

        const { closed, cluster, stackNamespace, ...shared } = args;
        const namespace = this.namespace(cluster);
        if (closed) {
            this.policy(namespace, { ...closed, cluster, stackNamespace });
        }
        if (hasAgent(cluster)) {
            new Agent(
                CLUSTER_NAMES.agent,
                {
                    ...shared,
                    cluster,
                    namespace,
                    ownNamespaces: [cluster.namespace, stackNamespace],
                    checkpointFolder: `/var/lib/otel-stack/${cluster.namespace}`,
                    role: `${cluster.namespace}-kubelet`,
                },
                { parent: this },
            );
        }
        if (cluster.events.enabled) {
            new Events(
                CLUSTER_NAMES.events,
                { ...shared, cluster, namespace, role: `${cluster.namespace}-events` },
                { parent: this },
            );
        }

        this.registerOutputs();
    }

    private policy(namespace: pulumi.Output<string>, args: EgressArgs): void {
        const name = "otel-stack-collection";
        const labels = { ...selectorOf(name), ...STACK_LABELS, "app.kubernetes.io/component": "network-policy" };
        new NetworkPolicy(
            name,
            { metadata: { name, namespace, labels }, spec: collectionPolicy(args) },
            { parent: this },
        );
    }

    /** No standard allows what reads the node's files; all else here meets the strictest. */
    private namespace({ namespace: name, podLogs }: ClusterSettings): pulumi.Output<string> {
        const standard = podLogs.enabled ? "privileged" : "restricted";
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
