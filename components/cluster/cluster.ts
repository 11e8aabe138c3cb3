import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterSettings, hasAgent } from "../../config/cluster";
import type { Signal } from "../../config/signals";
import type { Flow } from "../network/flows";
import { NetworkPolicies } from "../network/network-policies";
import { namespaceLabels } from "../shared/labels";
import { Agent } from "./agent";
import { Events } from "./events";
import type { ExporterArgs } from "./exporter";
import { CLUSTER_NAMES } from "./names";

export interface ClusterCollectionArgs extends ExporterArgs {
    readonly cluster: ClusterSettings;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** The Namespace of what is sent to: the logs of its pods are left alone. */
    readonly stackNamespace: string;
    /** Whether what waits in an agent stands in a folder of its node, and not in memory. */
    readonly keepsOnNode: boolean;
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
export class ClusterCollection extends pulumi.ComponentResource {
    constructor(name: string, args: ClusterCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:ClusterCollection", name, args, opts);

        const { cluster, flows, stackNamespace, ...shared } = args;
        const namespace = this.namespace(cluster, args.keepsOnNode);
        if (flows) {
            new NetworkPolicies(`${name}-network`, { namespace, flows, wholeNamespace: true }, { parent: this });
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

    /** No standard allows a volume of the node; all else here meets the strictest. */
    private namespace({ namespace: name }: ClusterSettings, keepsOnNode: boolean): pulumi.Output<string> {
        const standard = keepsOnNode ? "privileged" : "restricted";
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
