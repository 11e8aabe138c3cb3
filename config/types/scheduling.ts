import * as z from "zod";
import { isLabelKey, isLabelValue, labelMap } from "./labels";
import { dnsLabels } from "./dns";
import { enumType, integer, stringType } from "./values";

/** What Kubernetes reads to place a pod, with the field names of its API: https://kubernetes.io/docs/concepts/scheduling-eviction/ */

const labelKey = stringType("label key", "a label key such as topology.kubernetes.io/zone", isLabelKey);
const labelValue = stringType("label value", 'a label value, in quotes if it is "true" or "false"', isLabelValue);

function listOf<Item extends z.ZodType>(item: Item, example: string) {
    return z.array(item, { error: `must be a list, such as ${example}` });
}

const labelKeys = listOf(labelKey, "[pod-template-hash]");

const toleration = z
    .strictObject({
        key: labelKey.optional(),
        operator: enumType(["Equal", "Exists"]).optional(),
        value: labelValue.optional(),
        effect: enumType(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
        tolerationSeconds: integer(0, 2_147_483_647).optional(),
    })
    .refine(({ key, operator }) => key !== undefined || operator === "Exists", {
        error: "must have a key, or operator Exists, which tolerates every taint",
    })
    .refine(({ operator, value }) => operator !== "Exists" || value === undefined, {
        error: "must have no value with operator Exists, which matches every value",
    })
    .refine(({ effect, tolerationSeconds }) => tolerationSeconds === undefined || effect === "NoExecute", {
        error: "must have effect NoExecute with tolerationSeconds, after which the node evicts the pod",
    });

export const tolerations = listOf(toleration, "[{ key: dedicated, operator: Exists }]").describe(
    "list of Kubernetes tolerations",
);

const spreadConstraint = z
    .strictObject({
        maxSkew: integer(1, 1000),
        topologyKey: labelKey,
        whenUnsatisfiable: enumType(["DoNotSchedule", "ScheduleAnyway"]),
        minDomains: integer(1, 1000).optional(),
        nodeAffinityPolicy: enumType(["Honor", "Ignore"]).optional(),
        nodeTaintsPolicy: enumType(["Honor", "Ignore"]).optional(),
        matchLabelKeys: labelKeys.optional(),
    })
    .refine(({ minDomains, whenUnsatisfiable }) => minDomains === undefined || whenUnsatisfiable === "DoNotSchedule", {
        error: "must have whenUnsatisfiable DoNotSchedule with minDomains",
    });

export const topologySpreadConstraints = listOf(
    spreadConstraint,
    "[{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway }]",
)
    .refine(
        (constraints) =>
            new Set(constraints.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`))
                .size === constraints.length,
        { error: "must not have two constraints with the same topologyKey and whenUnsatisfiable" },
    )
    .describe("list of Kubernetes topology spread constraints without labelSelector");

const VALUE_COUNTS: Readonly<Record<string, (count: number) => boolean>> = {
    Exists: (count) => count === 0,
    DoesNotExist: (count) => count === 0,
    Gt: (count) => count === 1,
    Lt: (count) => count === 1,
};

function createExpression(operators: readonly [string, ...string[]]) {
    return z
        .strictObject({
            key: labelKey,
            operator: enumType(operators),
            values: listOf(labelValue, "[a, b]").optional(),
        })
        .refine(({ operator, values = [] }) => (VALUE_COUNTS[operator] ?? ((count) => count > 0))(values.length), {
            error: "must have values with operator In or NotIn, one with Gt or Lt, and none with Exists or DoesNotExist",
        });
}

const EXPRESSION = "[{ key: disk, operator: In, values: [ssd] }]";
const nodeExpressions = listOf(createExpression(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]), EXPRESSION);

const nodeSelectorTerm = z
    .strictObject({ matchExpressions: nodeExpressions.optional(), matchFields: nodeExpressions.optional() })
    .refine(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0, {
        error: "must have matchExpressions or matchFields; an empty term matches no node",
    });

const nodeAffinity = z.strictObject({
    requiredDuringSchedulingIgnoredDuringExecution: z
        .strictObject({
            nodeSelectorTerms: listOf(nodeSelectorTerm, `[{ matchExpressions: ${EXPRESSION} }]`).min(1, {
                error: "must have at least one term; Kubernetes rejects an empty list",
            }),
        })
        .optional(),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
        z.strictObject({ weight: integer(1, 100), preference: nodeSelectorTerm }),
        `[{ weight: 100, preference: { matchExpressions: ${EXPRESSION} } }]`,
    ).optional(),
});

const labelSelector = z.strictObject({
    matchLabels: labelMap.optional(),
    matchExpressions: listOf(createExpression(["In", "NotIn", "Exists", "DoesNotExist"]), EXPRESSION).optional(),
});

const podAffinityTerm = z.strictObject({
    topologyKey: labelKey,
    labelSelector: labelSelector.optional(),
    namespaceSelector: labelSelector.optional(),
    namespaces: dnsLabels.optional(),
    matchLabelKeys: labelKeys.optional(),
    mismatchLabelKeys: labelKeys.optional(),
});

const TERM = "{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { team: shop } } }";
const podAffinity = z.strictObject({
    requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm, `[${TERM}]`).optional(),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
        z.strictObject({ weight: integer(1, 100), podAffinityTerm }),
        `[{ weight: 100, podAffinityTerm: ${TERM} }]`,
    ).optional(),
});

export const affinity = z
    .strictObject({
        nodeAffinity: nodeAffinity.optional(),
        podAffinity: podAffinity.optional(),
        podAntiAffinity: podAffinity.optional(),
    })
    .meta({ id: "affinity", description: "Kubernetes affinity" });
