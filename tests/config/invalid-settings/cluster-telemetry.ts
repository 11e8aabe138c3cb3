import type { InvalidSettings } from "./invalid-settings";
import { nestSetting } from "../../support/settings-path";

const FLAG = "expected true or false";
const PORT = "expected a whole number from 1 to 65535";
const NAMES = "expected a list of names, such as [kube-system]";
const LABEL = "expected a DNS label: at most 63 of a-z, 0-9 and -, with a letter or digit at both ends";
const INTERVAL = "expected a duration with a unit from 5s to 10m, such as 30s or 5m";
const IMAGE = "expected an image with an exact tag or a digest, such as name:1.2.3 or name@sha256:..., not latest";
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

const rejected: [string, unknown, string][] = [
    [
        "clusterTelemetry",
        true,
        "expected settings under it (namespace, podLogs, agentOtlp, kubeletMetrics, hostMetrics, kubernetesEvents, kubernetesAttributes, resources)",
    ],
    ["images.agent", "otelcol:latest", IMAGE],
    ["clusterTelemetry.namespace", "Agents", LABEL],
    ["clusterTelemetry.podLogs.enabled", "yes", FLAG],
    ["clusterTelemetry.podLogs.excludeNamespaces", "kube-system", NAMES],
    ["clusterTelemetry.agentOtlp.enabled", "grpc", FLAG],
    ["clusterTelemetry.kubeletMetrics.enabled", 1, FLAG],
    ["clusterTelemetry.kubeletMetrics.interval", "1s", INTERVAL],
    ["clusterTelemetry.kubeletMetrics.verifyCertificate", "no", FLAG],
    ["clusterTelemetry.hostMetrics.enabled", {}, FLAG],
    ["clusterTelemetry.hostMetrics.interval", "1h", INTERVAL],
    ["clusterTelemetry.kubernetesEvents.enabled", "on", FLAG],
    ["clusterTelemetry.kubernetesAttributes.enabled", [], FLAG],
    ["networkPolicies.apiServerPort", 0, PORT],
    [
        "clusterTelemetry.resources.limits.memory",
        256,
        "expected a size in whole bytes, above zero, with a unit, such as 256Mi",
    ],
    [
        "clusterTelemetry.resources.requests.cpu",
        "none",
        "expected an amount of CPU in whole thousandths, from 1m, such as 250m or 1",
    ],
];

const conflicting: readonly InvalidSettings[] = [
    ...(["podLogs", "kubernetesEvents"] as const).map((what) => ({
        about: `${what} without a log destination`,
        raw: { clusterTelemetry: { [what]: ON }, loki: OFF, collector: { debugExporter: OFF } },
        problem: `clusterTelemetry.${what}.enabled: expected false, or true for loki.enabled: logs have no destination`,
    })),
    ...(["kubeletMetrics", "hostMetrics"] as const).map((what) => ({
        about: `${what} without a metrics destination`,
        raw: { clusterTelemetry: { [what]: ON }, prometheus: OFF, collector: { debugExporter: OFF } },
        problem: `clusterTelemetry.${what}.enabled: expected false, or true for prometheus.enabled: metrics have no destination`,
    })),
    {
        about: "agents in the stack's own Namespace",
        raw: { clusterTelemetry: { namespace: "observe", kubernetesEvents: ON }, namespace: { name: "observe" } },
        problem:
            "clusterTelemetry.namespace: expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not",
    },
    {
        about: "agents in a Namespace of the cluster",
        raw: { clusterTelemetry: { namespace: "kube-system", hostMetrics: ON } },
        problem:
            "clusterTelemetry.namespace: expected a Namespace of its own, such as kube-system-agent: the stack makes it, and destroy deletes it",
    },
    {
        about: "excluded Namespaces without podLogs",
        raw: { clusterTelemetry: { podLogs: { excludeNamespaces: ["kube-system"] } } },
        problem:
            "clusterTelemetry.podLogs.excludeNamespaces: expected true for clusterTelemetry.podLogs.enabled: no logs are read",
    },
    {
        about: "verifyCertificate without kubeletMetrics",
        raw: { clusterTelemetry: { kubeletMetrics: { verifyCertificate: false } } },
        problem:
            "clusterTelemetry.kubeletMetrics.verifyCertificate: expected true for clusterTelemetry.kubeletMetrics.enabled: no kubelet is asked",
    },
    {
        about: "agents with agentOtlp in the stack's own Namespace",
        raw: { clusterTelemetry: { namespace: "observe", agentOtlp: ON }, namespace: { name: "observe" } },
        problem:
            "clusterTelemetry.namespace: expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not",
    },
    {
        about: "agents without memory for the largest request",
        raw: {
            clusterTelemetry: { agentOtlp: ON },
            collector: { resources: { limits: { memory: "1Gi" } }, receiver: { maxRequestSize: "64Mi" } },
        },
        problem:
            "clusterTelemetry.resources.limits.memory: expected more, or at most 48Mi for collector.receiver.maxRequestSize, a quarter of what an agent's memory limiter allows: it takes OTLP by the same limits",
    },
    {
        about: "agents below the minimum memory",
        raw: { clusterTelemetry: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } } },
        problem: "clusterTelemetry.resources.limits.memory: expected at least 128Mi",
    },
    ...(["cpu", "memory"] as const).map((what) => {
        const [request, limit] = what === "cpu" ? ["2", "500m"] : ["512Mi", "256Mi"];
        return {
            about: `agents whose ${what} request is above the limit`,
            raw: { clusterTelemetry: { resources: { requests: { [what]: request } } } },
            problem: `clusterTelemetry.resources.requests.${what}: expected at most the limit, ${limit} (clusterTelemetry.resources.limits.${what})`,
        };
    }),
];

/** Invalid settings of cluster telemetry. */
export const invalidClusterTelemetry: readonly InvalidSettings[] = [
    ...misspelt.map(([key, meant]) => ({
        about: `unknown key ${key} (${meant})`,
        raw: nestSetting(key, {}),
        problem: `${key}: unknown key, did you mean ${meant}?`,
    })),
    ...rejected.map(([key, value, expected]) => ({
        about: `${JSON.stringify(value)} for ${key}`,
        raw: nestSetting(key, value),
        problem: `${key}: ${expected}`,
    })),
    ...conflicting,
];
