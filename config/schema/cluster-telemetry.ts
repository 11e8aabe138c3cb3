import * as z from "zod";
import { dnsLabel, dnsLabels } from "../types/dns";
import { duration } from "../types/quantities";
import { booleanType, enumType } from "../types/values";
import { createPodsSchema } from "./pods";
import { IP_FAMILIES } from "./services";
import { resources, setting } from "./setting";

/** Suffix of the default name of the agents' Namespace, after the name of the stack's Namespace. */
export const AGENT_NAMESPACE_SUFFIX = "-agent";

const intervalSetting = (source: string) =>
    setting(
        duration("5s", "10m").default("30s"),
        `Interval between two collections of ${source}. At most 2m with \`prometheus.enabled\`.`,
    );

/** Settings of telemetry from the cluster. All are off by default: most need rights on the cluster or the node. */
export const clusterTelemetry = z.strictObject({
    namespace: setting(
        dnsLabel.default(`playground-otel${AGENT_NAMESPACE_SUFFIX}`),
        "Namespace for the agents and the events Collector. The stack creates it and deletes it on destroy. It enforces no Pod Security Standard while `podLogs` is enabled, or `agentOtlp` with `durability.mode: disk`: those agents mount a hostPath volume, which the standards forbid.",
        { whenUnset: `\`namespace.name\` with the suffix \`${AGENT_NAMESPACE_SUFFIX}\`` },
    ),
    podLogs: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Run an agent on each node that reads the logs of all pods, except those in the stack's Namespace and in the agents' Namespace. The agent reads the node's /var/log/pods as root without capabilities and has no access to the Kubernetes API.",
            ),
            excludeNamespaces: setting(
                dnsLabels.default([]),
                "Additional Namespaces whose pod logs are not read, such as kube-system.",
            ),
        })
        .prefault({}),
    agentOtlp: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Run an agent on each node that accepts OTLP from the pods on its node, at the Service `otel-agent`, and forwards it to the Collector. It requires no authentication, like the Collector's plaintext ports. With `durability.mode: disk` the agent stores its queue in a directory of the node and runs as root without capabilities.",
            ),
        })
        .prefault({}),
    kubeletMetrics: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Run an agent on each node that collects metrics of the node, pods, containers and volumes from the kubelet. Its only right is `get` on `nodes/stats`.",
            ),
            interval: intervalSetting("the kubelet's metrics"),
            ipFamily: setting(
                enumType(IP_FAMILIES).default("IPv4"),
                "Family of the addresses of nodes, at which agents reach the kubelets: `IPv6` in a cluster whose first family is IPv6.",
            ),
            verifyCertificate: setting(
                booleanType.default(true),
                "Verify that the cluster's certificate authority signed the kubelet's certificate. Set it to false where kubelets use self-signed certificates (the default of kubeadm); the agent then sends its token to any server that answers at the node's address.",
            ),
        })
        .prefault({}),
    hostMetrics: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Run an agent on each node that collects CPU, load, memory, paging and disk I/O of the node. File systems and network are part of the kubelet's metrics.",
            ),
            interval: intervalSetting("the node's metrics"),
        })
        .prefault({}),
    kubernetesEvents: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Send the cluster's events as log records. The pod that reads them may only `list` and `watch` `events`.",
            ),
        })
        .prefault({}),
    kubernetesAttributes: z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                "Add attributes of the pod, workload and node to all telemetry. For this, the Collector gets a service account token that may only `get`, `list` and `watch` `pods`.",
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the agents and the events pod"),
    resources: resources(
        "each agent pod and the events pod",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "500m", memory: "256Mi" },
    ),
});
