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
    ["clusters", "cluster"],
    ["images.agents", "images.agent"],
    ["cluster.podLog", "cluster.podLogs"],
    ["cluster.podLogs.excludeNamespace", "cluster.podLogs.excludeNamespaces"],
    ["cluster.otlp.enable", "cluster.otlp.enabled"],
    ["cluster.kubeletMetrics.intervall", "cluster.kubeletMetrics.interval"],
    ["cluster.hostMetrics.enable", "cluster.hostMetrics.enabled"],
    ["cluster.events.enable", "cluster.events.enabled"],
    ["cluster.attributes.enable", "cluster.attributes.enabled"],
    ["cluster.apiServer.ports", "cluster.apiServer.port"],
    ["cluster.resources.limit", "cluster.resources.limits"],
    ["cluster.resources.limits.cpus", "cluster.resources.limits.cpu"],
    ["cluster.resources.requests.memry", "cluster.resources.requests.memory"],
];

const rejected: [string, unknown, string][] = [
    [
        "cluster",
        true,
        "expected settings under it (namespace, podLogs, otlp, kubeletMetrics, hostMetrics, events, attributes, apiServer, resources)",
    ],
    ["images.agent", "otelcol:latest", IMAGE],
    ["cluster.namespace", "Agents", LABEL],
    ["cluster.podLogs.enabled", "yes", FLAG],
    ["cluster.podLogs.excludeNamespaces", "kube-system", NAMES],
    ["cluster.otlp.enabled", "grpc", FLAG],
    ["cluster.kubeletMetrics.enabled", 1, FLAG],
    ["cluster.kubeletMetrics.interval", "1s", INTERVAL],
    ["cluster.kubeletMetrics.verifyCertificate", "no", FLAG],
    ["cluster.hostMetrics.enabled", {}, FLAG],
    ["cluster.hostMetrics.interval", "1h", INTERVAL],
    ["cluster.events.enabled", "on", FLAG],
    ["cluster.attributes.enabled", [], FLAG],
    ["cluster.apiServer.port", 0, PORT],
    ["cluster.resources.limits.memory", 256, "expected a size in whole bytes, above zero, with a unit, such as 256Mi"],
    [
        "cluster.resources.requests.cpu",
        "none",
        "expected an amount of CPU in whole thousandths, from 1m, such as 250m or 1",
    ],
];

const conflicting: readonly InvalidSettings[] = [
    ...(["podLogs", "events"] as const).map((what) => ({
        about: `${what} of the cluster that go nowhere`,
        raw: { cluster: { [what]: ON }, loki: OFF, collector: { debugExporter: OFF } },
        problem: `cluster.${what}.enabled: expected false, or true for loki.enabled: logs have no destination`,
    })),
    ...(["kubeletMetrics", "hostMetrics"] as const).map((what) => ({
        about: `${what} that go nowhere`,
        raw: { cluster: { [what]: ON }, prometheus: OFF, collector: { debugExporter: OFF } },
        problem: `cluster.${what}.enabled: expected false, or true for prometheus.enabled: metrics have no destination`,
    })),
    {
        about: "what collects from the cluster in the stack's own Namespace",
        raw: { cluster: { namespace: "observe", events: ON }, namespace: { name: "observe" } },
        problem:
            "cluster.namespace: expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not",
    },
    {
        about: "what collects from the cluster in a Namespace of the cluster's",
        raw: { cluster: { namespace: "kube-system", hostMetrics: ON } },
        problem:
            "cluster.namespace: expected a Namespace of its own, such as kube-system-agent: the stack makes it, and destroy deletes it",
    },
    {
        about: "Namespaces that are left out of no logs",
        raw: { cluster: { podLogs: { excludeNamespaces: ["kube-system"] } } },
        problem: "cluster.podLogs.excludeNamespaces: expected true for cluster.podLogs.enabled: no logs are read",
    },
    {
        about: "a certificate of a kubelet that nobody asks",
        raw: { cluster: { kubeletMetrics: { verifyCertificate: false } } },
        problem:
            "cluster.kubeletMetrics.verifyCertificate: expected true for cluster.kubeletMetrics.enabled: no kubelet is asked",
    },
    {
        about: "agents that take OTLP in the stack's own Namespace",
        raw: { cluster: { namespace: "observe", otlp: ON }, namespace: { name: "observe" } },
        problem:
            "cluster.namespace: expected another Namespace than the stack's (namespace.name): what collects from the cluster has rights that the stack has not",
    },
    {
        about: "agents that take larger requests than they have memory for",
        raw: {
            cluster: { otlp: ON },
            collector: { resources: { limits: { memory: "1Gi" } }, receiver: { maxRequestSize: "64Mi" } },
        },
        problem:
            "cluster.resources.limits.memory: expected more, or at most 48Mi for collector.receiver.maxRequestSize, a quarter of what an agent's memory limiter allows: it takes OTLP by the same limits",
    },
    {
        about: "agents with too little memory to work with",
        raw: { cluster: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } } },
        problem: "cluster.resources.limits.memory: expected at least 128Mi",
    },
    ...(["cpu", "memory"] as const).map((what) => {
        const [request, limit] = what === "cpu" ? ["2", "500m"] : ["512Mi", "256Mi"];
        return {
            about: `agents that are promised more ${what} than they may have`,
            raw: { cluster: { resources: { requests: { [what]: request } } } },
            problem: `cluster.resources.requests.${what}: expected at most the limit, ${limit} (cluster.resources.limits.${what})`,
        };
    }),
];

/** Bad settings of what is collected from the cluster. */
export const invalidClusterTelemetry: readonly InvalidSettings[] = [
    ...misspelt.map(([key, meant]) => ({
        about: `${key} for ${meant}`,
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
