import type { InvalidSettings } from "./types";
import { nestSetting } from "../../support/settings-path";

const SPREAD = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" };
const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

function nodeTerm(expression: unknown): unknown {
    return { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } };
}

const EXPRESSION_KEY = `pods.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms.0.matchExpressions.0`;

/** A setting, its value, and the key of the issue if it is another one. */
const rejected: readonly (readonly [string, unknown, string?])[] = [
    ["pods", "linux"],
    ["pods.nodeSelector", ["pool"]],
    ["pods.nodeSelector", { pool: true }],
    ["pods.nodeSelector", { "kubernetes.io/os": "windows" }],
    ["pods.labels", { "app.kubernetes.io/name": "a" }],
    ["pods.labels", { team: "no spaces" }],
    ["pods.annotations", { "example.com/count": 1 }],
    ["pods.envFrom", "proxy"],
    ["pods.envFrom", [{ secretRef: { name: "proxy" } }], "pods.envFrom.0"],
    ["pods.priorityClassName", "Important"],
    ["pods.runtimeClassName", "g_visor"],
    ["pods.tolerations", { key: "dedicated", operator: "Exists" }],
    ["pods.tolerations", ["dedicated"], "pods.tolerations.0"],
    ["pods.tolerations", [{ value: "a" }], "pods.tolerations.0"],
    ["pods.tolerations", [{ key: "a", operator: "Exists", value: "b" }], "pods.tolerations.0"],
    ["pods.tolerations", [{ key: "a", value: "b", tolerationSeconds: 5 }], "pods.tolerations.0"],
    ["pods.tolerations", [{ key: "a", value: true }], "pods.tolerations.0.value"],
    ["pods.tolerations", [{ key: "a", operator: "exists" }], "pods.tolerations.0.operator"],
    ["pods.tolerations", [{ key: "a", value: "b", efect: "NoSchedule" }], "pods.tolerations.0.efect"],
    ["pods.topologySpreadConstraints", [{ ...SPREAD, maxSkew: 0 }], "pods.topologySpreadConstraints.0.maxSkew"],
    ["pods.topologySpreadConstraints", [{ ...SPREAD, minDomains: 2 }], "pods.topologySpreadConstraints.0"],
    ["pods.topologySpreadConstraints", [SPREAD, { ...SPREAD, maxSkew: 2 }]],
    [
        "pods.topologySpreadConstraints",
        [{ ...SPREAD, labelSelector: { matchLabels: { a: "b" } } }],
        "pods.topologySpreadConstraints.0.labelSelector",
    ],
    ["pods.affinity", { nodeAfinity: {} }, "pods.affinity.nodeAfinity"],
    ["pods.affinity", nodeTerm({ key: "disk", operator: "In" }), EXPRESSION_KEY],
    ["pods.affinity", nodeTerm({ key: "disk", operator: "Exists", values: ["ssd"] }), EXPRESSION_KEY],
    ["pods.affinity", nodeTerm({ key: "disk", operator: "Equals", values: ["ssd"] }), `${EXPRESSION_KEY}.operator`],
    [
        "pods.affinity",
        { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [] } } },
        `pods.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`,
    ],
    [
        "pods.affinity",
        { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [{}] } } },
        `pods.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms.0`,
    ],
    [
        "pods.affinity",
        { podAntiAffinity: { [PREFERRED]: [{ weight: 0, podAffinityTerm: { topologyKey: "zone" } }] } },
        `pods.affinity.podAntiAffinity.${PREFERRED}.0.weight`,
    ],
    ["collector.pods", { nodeSelectors: {} }, "collector.pods.nodeSelectors"],
    ["collector.pods", { tolerations: [{}] }, "collector.pods.tolerations.0"],
];

/** Settings of pods that are rejected. */
export const invalidPods: readonly InvalidSettings[] = [
    ...rejected.map(([key, value, issueKey = key]) => ({
        about: `${key}: ${JSON.stringify(value)}`,
        raw: nestSetting(key, value),
        key: issueKey,
    })),
    {
        about: "settings for the pods of a workload that is disabled",
        raw: { jaeger: { enabled: false, pods: { labels: { team: "a" } } } },
        key: "jaeger.pods",
    },
    {
        about: "settings for the pods of the trace tier in a single-tier topology",
        raw: { traceTier: { pods: { labels: { team: "a" } } } },
        key: "traceTier.pods",
    },
    {
        about: "settings for the pods of cluster telemetry that is disabled",
        raw: { clusterTelemetry: { pods: { labels: { team: "a" } } } },
        key: "clusterTelemetry.pods",
    },
];
