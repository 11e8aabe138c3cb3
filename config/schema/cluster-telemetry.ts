import * as z from "zod";
import { dnsLabel, dnsLabels, duration, booleanType } from "../types/values";
import { resources, setting } from "./setting";

/** Ends the name of the agents' Namespace, which begins with the stack's. */
export const AGENT_NAMESPACE_SUFFIX = "-agent";

const intervalSetting = (subject: string) =>
    setting(
        duration("5s", "10m").default("30s"),
        `Time between two looks at ${subject}.`,
        "A rate over two minutes has four points to go by.",
    );

/** What is collected from the cluster itself. Everything is off: most of it takes a right on the cluster or the node. */
export const clusterTelemetry = z.strictObject({
    namespace: setting(
        dnsLabel.default(`playground-otel${AGENT_NAMESPACE_SUFFIX}`),
        "The Namespace of what collects from the cluster. The stack makes it, and removes it on destroy. Pods that read logs, or keep on their node what applications send, need a volume of the node, which the Pod Security Standards forbid: while `podLogs` is on, or `agentOtlp` with durability.mode disk, it enforces none.",
        "The stack's own Namespace keeps its standard.",
        `\`namespace.name\` with \`${AGENT_NAMESPACE_SUFFIX}\` appended`,
    ),
    podLogs: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether an agent on each node sends what all pods write to their logs, but those of the stack's Namespace and of its own. It reads /var/log/pods of the node as root without any capability, and has no right on the cluster's API.",
                "Nothing outside of its Namespaces is touched unless a person asks for it.",
            ),
            excludeNamespaces: setting(
                dnsLabels.default([]),
                "Further Namespaces whose pods' logs are left alone, such as kube-system.",
                "Who asks for logs means all of them.",
            ),
        })
        .prefault({}),
    agentOtlp: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether an agent on each node takes OTLP from the pods of its node, at the Service `otel-agent`, and passes it on to the Collector. It asks nobody for credentials, as the Collector's plain ports. With durability.mode disk what waits there stands in a folder of the node, and the agent runs as root without any capability.",
                "A pod on each node is more than a learner needs.",
            ),
        })
        .prefault({}),
    kubeletMetrics: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether an agent on each node sends what the kubelet measures of its node, pods, containers and volumes. It may get `nodes/stats`, and nothing else.",
                "It takes a right on the cluster.",
            ),
            interval: intervalSetting("the kubelet's numbers"),
            verifyCertificate: setting(
                booleanType.default(true),
                "Whether the kubelet has to show a certificate of the cluster's authority. Where kubelets sign their own, as kubeadm lets them by default, false sends the agent's token to whoever answers at the node's address.",
                "The token is for the kubelet alone.",
            ),
        })
        .prefault({}),
    hostMetrics: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether an agent on each node sends its CPU, load, memory, paging and disk traffic, as every container can read them. Its file systems and network are among the kubelet's.",
                "A pod on each node is more than a learner needs.",
            ),
            interval: intervalSetting("the node"),
        })
        .prefault({}),
    kubernetesEvents: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether the cluster's events are sent as log records, by a pod that may list and watch `events`, and nothing else.",
                "It takes a right on the cluster.",
            ),
        })
        .prefault({}),
    kubernetesAttributes: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Whether the Collector adds to all telemetry of which pod, workload and node it is. It may get, list and watch `pods`, and nothing else, and for that has a token.",
                "It takes a right on the cluster.",
            ),
        })
        .prefault({}),
    resources: resources(
        "each pod that collects from the cluster",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "500m", memory: "256Mi" },
        "As the Collector's, whose program it is.",
    ),
});
