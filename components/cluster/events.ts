import * as pulumi from "@pulumi/pulumi";
import { goMemLimit } from "../../config/sizing";
import { COLLECTOR_USER, CONFIG_FILE } from "../collector/pod";
import { COLLECTOR_PORTS } from "../collector/ports";
import { type ApiRule, apiAccess } from "../shared/api-access";
import { hashedConfigMap } from "../shared/hashed-config-map";
import { labelsFor } from "../shared/labels";
import { mountFile, podTemplate, probes } from "../shared/pod";
import { workload } from "../shared/workload";
import { renderYaml } from "../shared/yaml";
import { type EventsConfigArgs, eventsConfig } from "./events-config";

const EVENT_RULES: readonly ApiRule[] = [{ apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] }];

export interface EventsArgs extends EventsConfigArgs {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** Name of the ClusterRole, which no other stack may have. */
    readonly role: string;
}

/** Sends the cluster's events. One pod for all nodes, as each would send all of them; so it has the right, and no agent. */
export class Events extends pulumi.ComponentResource {
    constructor(name: string, args: EventsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Events", name, args, opts);

        const { image, namespace, role, rolloutTimeout } = args;
        const { resources } = args.cluster;
        const labels = labelsFor({ name, component: "agent", image });
        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: { "config.yaml": renderYaml(eventsConfig(args)) } },
            { parent: this },
        );
        const file = mountFile(config.metadata.name, CONFIG_FILE);
        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                // Two of them would send each event twice.
                strategy: "Recreate",
                template: podTemplate({
                    name: "otel-events",
                    labels,
                    image,
                    user: COLLECTOR_USER,
                    args: [`--config=${CONFIG_FILE}`],
                    resources,
                    serviceAccount: apiAccess(name, { namespace, labels, role, rules: EVENT_RULES }, { parent: this }),
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(resources.limits.memory) }],
                        ports: [{ name: "health", containerPort: COLLECTOR_PORTS.health }],
                        ...probes({ port: "health", live: "/", ready: "/" }),
                        volumeMounts: [file.mount],
                    },
                    spec: { volumes: [file.volume] },
                }),
                ports: [],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}
