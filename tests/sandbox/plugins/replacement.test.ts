import assert from "node:assert/strict";
import { contentReplaces, replacesFor } from "../../../sandbox/plugins/kubernetes/replacement";

/** Field and message of a cause as API servers word them, what changed, and what therefore needs a new object. */
const FIXED: readonly (readonly [kind: string, field: string, message: string, changed: string, replaces: string])[] = [
    ["ConfigMap", "data", "Forbidden: field is immutable when `immutable` is set", 'data["a.yaml"]', 'data["a.yaml"]'],
    ["Secret", "type", 'Invalid value: "b": field is immutable', "type", "type"],
    [
        "Deployment",
        "spec.selector",
        'Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
        "spec.selector.matchLabels.a",
        "spec.selector.matchLabels.a",
    ],
    [
        "StatefulSet",
        "spec",
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
            "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' " +
            "are forbidden",
        "spec.serviceName",
        "spec.serviceName",
    ],
    ["Job", "spec.template", "Invalid value: {}: field is immutable", "spec.template.spec.restartPolicy", ""],
    [
        "PersistentVolumeClaim",
        "spec",
        "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for " +
            "bound claims",
        "spec.storageClassName",
        "",
    ],
    [
        "Service",
        "spec.clusterIPs[0]",
        'Invalid value: ["10.0.0.9"]: may not change once set',
        "spec.clusterIP",
        "spec.clusterIPs[0]",
    ],
    ["RoleBinding", "roleRef", "Invalid value: {}: cannot change roleRef", "roleRef.name", ""],
    [
        "Pod",
        "spec",
        "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.tolerations`",
        "spec.hostname",
        "",
    ],
    ["StorageClass", "parameters", "Forbidden: updates to parameters are forbidden.", "parameters.type", ""],
    ["PriorityClass", "value", "Forbidden: may not be changed in an update.", "value", ""],
    ["a custom resource", "spec.size", 'Invalid value: "object": Value is immutable', "spec.size", ""],
];

/** Mistakes: a new object would be refused just so. */
const MISTAKES = [
    "Invalid value: 0: must be greater than 0",
    "Required value",
    'Unsupported value: "x": supported values: "ClusterIP"',
    "Forbidden: field can not be less than status.capacity",
    'Duplicate value: "http"',
    "Invalid value: must be no more than 63 characters",
];

describe("replacesFor", () => {
    for (const [kind, field, message, changed, replaces] of FIXED) {
        it(`replaces a ${kind} whose ${changed} changed`, () => {
            const found = replacesFor(
                [{ field, message }],
                new Map([
                    [changed, "update"],
                    ["metadata.labels.x", "add"],
                ]),
            );
            assert.deepEqual(found, [replaces === "" ? changed : replaces]);
        });
    }

    for (const message of MISTAKES) {
        it(`replaces nothing for: ${message}`, () => {
            assert.deepEqual(replacesFor([{ field: "spec", message }], new Map([["spec.x", "update"]])), []);
        });
    }
});

describe("contentReplaces", () => {
    it("makes new content a new ConfigMap or Secret, as the official plugin does", () => {
        const changes = new Map([
            ['data["a"]', "update"],
            ["metadata.labels.x", "add"],
            ["dataSource", "add"],
        ] as const);
        assert.deepEqual(contentReplaces("v1/ConfigMap", changes), ['data["a"]']);
        assert.deepEqual(contentReplaces("v1/Secret", new Map([["stringData.a", "update"]])), ["stringData.a"]);
        assert.deepEqual(contentReplaces("v1/Service", changes), []);
    });
});
