import * as pulumi from "@pulumi/pulumi";
import { createCollectorConfigMap } from "../collector/config-map";
import { COLLECTOR_USER, CONFIG_FILE } from "../collector/pod";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { type ClusterRoleRule, createServiceAccount } from "../kubernetes/service-account";
import { labelsFor } from "../kubernetes/labels";
import { type PodOptions, goMemLimitEnv, mountConfigMapFiles, renderPodTemplate, probes } from "../kubernetes/pod";
import { createWorkload } from "../kubernetes/workload";
import { type KubernetesEventsConfigArgs, renderKubernetesEventsConfig } from "./kubernetes-events-config";
import { parseObjectName } from "../kubernetes/resource-names";

const EVENT_RULES: readonly ClusterRoleRule[] = [{ apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] }];

export interface KubernetesEventsArgs extends KubernetesEventsConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly rolloutTimeout: string;
    /** Name of the ClusterRole, unique in the cluster. */
    readonly clusterRoleName: string;
}

/**
 * Collects the Kubernetes events of the cluster. It is one pod for all nodes, because every replica would send every
 * event. The agents do not need its permissions.
 */
export class KubernetesEvents extends pulumi.ComponentResource {
    constructor(name: string, args: KubernetesEventsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:KubernetesEvents", name, args, opts);

        const { image, namespace, clusterRoleName, rolloutTimeout } = args;
        const { resources } = args.clusterTelemetry;
        const labels = labelsFor({ name: parseObjectName(name), component: "agent", image });
        const config = createCollectorConfigMap(
            name,
            renderKubernetesEventsConfig(args),
            { namespace, labels },
            { parent: this },
        );
        const file = mountConfigMapFiles(config, [CONFIG_FILE]);
        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                // Two pods would send each event twice.
                strategy: "Recreate",
                template: renderPodTemplate({
                    name: "otel-events",
                    labels,
                    image,
                    user: COLLECTOR_USER,
                    args: [`--config=${CONFIG_FILE}`],
                    resources,
                    pods: args.pods,
                    serviceAccount: createServiceAccount(
                        name,
                        { namespace, labels, clusterRoleName, rules: EVENT_RULES },
                        { parent: this },
                    ),
                    container: {
                        env: [goMemLimitEnv(resources)],
                        ports: [{ name: "health", containerPort: COLLECTOR_PORTS.health }],
                        ...probes({ port: "health", live: "/", ready: "/" }),
                        volumeMounts: [...file.mounts],
                    },
                    spec: { volumes: [...file.volumes] },
                }),
                ports: [],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}
