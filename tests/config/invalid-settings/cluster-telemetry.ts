import type { InvalidSettings } from "./types";
import { nestSetting } from "../../support/settings-path";

const ON = { enabled: true };
const OFF = { enabled: false };

/** Misspelt keys: one at every level that has keys. */
const misspelt: [string, string][] = [
    ["clusterTelemetries", "clusterTelemetry"],
    ["images.agents", "images.agent"],
    ["clusterTelemetry.podLog", "clusterTelemetry.podLogs"],
    ["clusterTelemetry.podLogs.excludeNamespace", "clusterTelemetry.podLogs.excludeNamespaces"],
    ["clusterTelemetry.agentOtlp.enable", "clusterTelemetry.agentOtlp.enabled"],
    ["clusterTelemetry.kubeletMetrics.intervall", "clusterTelemetry.kubeletMetrics.interval"],
    ["clusterTelemetry.hostMetrics.enable", "clusterTelemetry.hostMetrics.enabled"],
    ["clusterTelemetry.kubernetesEvents.enable", "clusterTelemetry.kubernetesEvents.enabled"],
    ["clusterTelemetry.kubernetesAttributes.enable", "clusterTelemetry.kubernetesAttributes.enabled"],
    ["networkPolicies.apiServerPorts", "networkPolicies.apiServerPort"],
    ["clusterTelemetry.resources.limit", "clusterTelemetry.resources.limits"],
    ["clusterTelemetry.resources.limits.cpus", "clusterTelemetry.resources.limits.cpu"],
    ["clusterTelemetry.resources.requests.memry", "clusterTelemetry.resources.requests.memory"],
];

const rejected: [string, unknown][] = [
    ["clusterTelemetry", true],
    ["images.agent", "otelcol:latest"],
    ["clusterTelemetry.namespace", "Agents"],
    ["clusterTelemetry.podLogs.enabled", "yes"],
    ["clusterTelemetry.podLogs.excludeNamespaces", "kube-system"],
    ["clusterTelemetry.agentOtlp.enabled", "grpc"],
    ["clusterTelemetry.kubeletMetrics.enabled", 1],
    ["clusterTelemetry.kubeletMetrics.interval", "1s"],
    ["clusterTelemetry.kubeletMetrics.verifyCertificate", "no"],
    ["clusterTelemetry.hostMetrics.enabled", {}],
    ["clusterTelemetry.hostMetrics.interval", "1h"],
    ["clusterTelemetry.kubernetesEvents.enabled", "on"],
    ["clusterTelemetry.kubernetesAttributes.enabled", []],
    ["networkPolicies.apiServerPort", 0],
    ["clusterTelemetry.resources.limits.memory", 256],
    ["clusterTelemetry.resources.requests.cpu", "none"],
];

const conflicting: readonly InvalidSettings[] = [
    ...(["podLogs", "kubernetesEvents"] as const).map((what) => ({
        about: `${what} without a log destination`,
        raw: { clusterTelemetry: { [what]: ON }, loki: OFF, collector: { debugExporter: OFF } },
        key: `clusterTelemetry.${what}.enabled`,
    })),
    ...(["kubeletMetrics", "hostMetrics"] as const).map((what) => ({
        about: `${what} without a metrics destination`,
        raw: { clusterTelemetry: { [what]: ON }, prometheus: OFF, collector: { debugExporter: OFF } },
        key: `clusterTelemetry.${what}.enabled`,
    })),
    {
        about: "agents in the stack's own Namespace",
        raw: { clusterTelemetry: { namespace: "observe", kubernetesEvents: ON }, namespace: { name: "observe" } },
        key: "clusterTelemetry.namespace",
    },
    {
        about: "agents in a Namespace of the cluster",
        raw: { clusterTelemetry: { namespace: "kube-system", hostMetrics: ON } },
        key: "clusterTelemetry.namespace",
    },
    {
        about: "excluded Namespaces without podLogs",
        raw: { clusterTelemetry: { podLogs: { excludeNamespaces: ["kube-system"] } } },
        key: "clusterTelemetry.podLogs.excludeNamespaces",
    },
    {
        about: "verifyCertificate without kubeletMetrics",
        raw: { clusterTelemetry: { kubeletMetrics: { verifyCertificate: false } } },
        key: "clusterTelemetry.kubeletMetrics.verifyCertificate",
    },
    {
        about: "agents with agentOtlp in the stack's own Namespace",
        raw: { clusterTelemetry: { namespace: "observe", agentOtlp: ON }, namespace: { name: "observe" } },
        key: "clusterTelemetry.namespace",
    },
    {
        about: "agents without memory for the largest request",
        raw: {
            clusterTelemetry: { agentOtlp: ON },
            collector: { resources: { limits: { memory: "1Gi" } }, receiver: { maxRequestSize: "64Mi" } },
        },
        key: "clusterTelemetry.resources.limits.memory",
    },
    {
        about: "agents below the minimum memory",
        raw: {
            clusterTelemetry: {
                hostMetrics: ON,
                resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } },
            },
        },
        key: "clusterTelemetry.resources.limits.memory",
    },
    ...(["cpu", "memory"] as const).map((what) => {
        const request = what === "cpu" ? "2" : "512Mi";
        return {
            about: `agents whose ${what} request is above the limit`,
            raw: { clusterTelemetry: { hostMetrics: ON, resources: { requests: { [what]: request } } } },
            key: `clusterTelemetry.resources.requests.${what}`,
        };
    }),
];

/** Invalid settings of cluster telemetry. */
export const invalidClusterTelemetry: readonly InvalidSettings[] = [
    ...misspelt.map(([key, meant]) => ({
        about: `unknown key ${key} (${meant})`,
        raw: nestSetting(key, {}),
        key,
    })),
    ...rejected.map(([key, value]) => ({
        about: `${JSON.stringify(value)} for ${key}`,
        raw: nestSetting(key, value),
        key,
    })),
    ...conflicting,
];
