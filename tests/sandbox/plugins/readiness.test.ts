import assert from "node:assert/strict";
import { blockersOf, propagationOf } from "../../../sandbox/plugins/kubernetes/remove";
import { selectorText } from "../../../sandbox/plugins/kubernetes/ready/common";
import { evaluateDaemonSet } from "../../../sandbox/plugins/kubernetes/ready/daemon-set";
import { evaluateDeployment } from "../../../sandbox/plugins/kubernetes/ready/deployment";
import { evaluateJob } from "../../../sandbox/plugins/kubernetes/ready/job";
import { CUSTOM_RESOURCE_DEFINITION, evaluateVolumeClaim } from "../../../sandbox/plugins/kubernetes/ready/others";
import { podReasons } from "../../../sandbox/plugins/kubernetes/ready/pods";
import type { Readiness } from "../../../sandbox/plugins/kubernetes/ready/readiness";
import { evaluateService } from "../../../sandbox/plugins/kubernetes/ready/service";
import { evaluateStatefulSet } from "../../../sandbox/plugins/kubernetes/ready/stateful-set";
import { skipsAwait, timeoutOf } from "../../../sandbox/plugins/kubernetes/settings";
import type { JsonObject } from "../../../sandbox/plugins/shared/json";

const REVISION = "deployment.kubernetes.io/revision";

function deployment(status: JsonObject, spec: JsonObject = {}): JsonObject {
    return {
        kind: "Deployment",
        metadata: { name: "web", namespace: "ns", uid: "d", generation: 2, annotations: { [REVISION]: "2" } },
        spec: { replicas: 2, ...spec },
        status: { observedGeneration: 2, ...status },
    };
}

const ROLLED_OUT = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

function owned(name: string, owner: string, rest: JsonObject): JsonObject {
    return { metadata: { name, uid: name, ownerReferences: [{ uid: owner }], ...rest } };
}

function pod(name: string, owner: string, status: JsonObject): JsonObject {
    return { ...owned(name, owner, {}), status };
}

function reasonsOf(readiness: Readiness): string {
    return readiness.state === "ready" ? "" : readiness.reasons.join(" | ");
}

const CRASHING = {
    containerStatuses: [
        {
            name: "app",
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } },
            lastState: { terminated: { exitCode: 2, reason: "Error", message: "cannot read config\n" } },
        },
    ],
};

const NO_IMAGE = {
    containerStatuses: [
        { name: "app", state: { waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "x:1"' } } },
    ],
};

describe("a Deployment", () => {
    it("is ready once every replica is new and available and no old one is left", () => {
        assert.equal(evaluateDeployment(deployment(ROLLED_OUT), {}).state, "ready");
        for (const behind of ["replicas", "updatedReplicas", "availableReplicas"]) {
            const count = behind === "replicas" ? 3 : 1;
            assert.equal(
                evaluateDeployment(deployment({ ...ROLLED_OUT, [behind]: count }), {}).state,
                "waiting",
                behind,
            );
        }
    });

    it("is not judged by the status of the version before", () => {
        const stale = deployment({ ...ROLLED_OUT, observedGeneration: 1 });
        assert.equal(evaluateDeployment(stale, {}).state, "waiting");
    });

    it("counts as ready while it is paused", () => {
        assert.equal(evaluateDeployment(deployment({}, { paused: true }), {}).state, "ready");
    });

    it("fails at its progress deadline with the reasons of the newest pods alone", () => {
        const message = 'ReplicaSet "web-2" has timed out progressing.';
        const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message }];
        const related = {
            replicaSets: [
                owned("web-1", "d", { annotations: { [REVISION]: "1" } }),
                owned("web-2", "d", { annotations: { [REVISION]: "2" } }),
                owned("other-2", "x", { annotations: { [REVISION]: "2" } }),
            ],
            pods: [pod("old", "web-1", CRASHING), pod("new", "web-2", NO_IMAGE), pod("foreign", "other-2", CRASHING)],
        };
        const result = evaluateDeployment(deployment({ conditions, updatedReplicas: 1, replicas: 3 }), related);
        assert.equal(result.state, "failed");
        assert.equal(
            reasonsOf(result),
            `${message} | pod new, container app: ImagePullBackOff: Back-off pulling image "x:1"`,
        );
    });

    it("says what keeps its pods from being made", () => {
        const conditions = [{ type: "ReplicaFailure", status: "True", message: "violates PodSecurity" }];
        assert.match(
            reasonsOf(evaluateDeployment(deployment({ conditions }), {})),
            /0 of 2 replicas.*violates PodSecurity/,
        );
    });
});

describe("podReasons", () => {
    it("tell a crash with its exit code and last message", () => {
        assert.deepEqual(podReasons([pod("p", "o", CRASHING)]), [
            "pod p, container app: CrashLoopBackOff (exit code 2, Error): cannot read config",
        ]);
    });

    it("tell why a pod has no node", () => {
        const status = {
            conditions: [
                {
                    type: "PodScheduled",
                    status: "False",
                    reason: "Unschedulable",
                    message: "0/1 nodes: Insufficient cpu",
                },
            ],
        };
        assert.deepEqual(podReasons([pod("p", "o", status)]), [
            "pod p is not scheduled: Unschedulable: 0/1 nodes: Insufficient cpu",
        ]);
    });

    it("say nothing of pods that are well, starting, going or done", () => {
        const starting = { containerStatuses: [{ name: "a", state: { waiting: { reason: "ContainerCreating" } } }] };
        const recovered = {
            containerStatuses: [
                { name: "a", state: { running: { startedAt: "now" } }, lastState: { terminated: { exitCode: 1 } } },
            ],
        };
        const going = { ...pod("p", "o", CRASHING), metadata: { name: "p", deletionTimestamp: "now" } };
        const done = pod("p", "o", { phase: "Succeeded", containerStatuses: CRASHING.containerStatuses });
        assert.deepEqual(podReasons([pod("p", "o", starting), pod("q", "o", recovered), going, done]), []);
    });
});

describe("a StatefulSet", () => {
    const set = (status: JsonObject, spec: JsonObject = {}): JsonObject => ({
        metadata: { uid: "s", generation: 1 },
        spec: { replicas: 2, ...spec },
        status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 2, ...status },
    });

    it("is ready when all replicas are new and ready", () => {
        assert.equal(evaluateStatefulSet(set({}), {}).state, "ready");
        assert.equal(evaluateStatefulSet(set({ readyReplicas: 1 }), {}).state, "waiting");
        assert.equal(evaluateStatefulSet(set({ updatedReplicas: 1 }), {}).state, "waiting");
        assert.equal(evaluateStatefulSet(set({ observedGeneration: 0 }), {}).state, "waiting");
    });

    it("updates only what its strategy covers", () => {
        const partition = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } };
        assert.equal(evaluateStatefulSet(set({ updatedReplicas: 1 }, partition), {}).state, "ready");
        const manual = { updateStrategy: { type: "OnDelete" } };
        assert.equal(evaluateStatefulSet(set({ updatedReplicas: 0 }, manual), {}).state, "ready");
    });
});

describe("a DaemonSet", () => {
    it("is ready when every node that should run it does, with the newest template", () => {
        const set = (numberAvailable: number, updatedNumberScheduled: number): JsonObject => ({
            metadata: { generation: 1 },
            status: { observedGeneration: 1, desiredNumberScheduled: 2, numberAvailable, updatedNumberScheduled },
        });
        assert.equal(evaluateDaemonSet(set(2, 2), {}).state, "ready");
        assert.equal(evaluateDaemonSet(set(1, 2), {}).state, "waiting");
        assert.equal(evaluateDaemonSet(set(2, 1), {}).state, "waiting");
    });
});

describe("a Job", () => {
    const job = (conditions: readonly JsonObject[], spec: JsonObject = {}): JsonObject => ({
        metadata: { name: "j", uid: "j" },
        spec,
        status: { conditions },
    });

    it("is ready when complete, or suspended on purpose", () => {
        assert.equal(evaluateJob(job([{ type: "Complete", status: "True" }]), {}).state, "ready");
        assert.equal(evaluateJob(job([], { suspend: true }), {}).state, "ready");
        assert.equal(reasonsOf(evaluateJob(job([], { completions: 3 }), {})), "0 of 3 completions");
    });

    it("fails with the words of its pods", () => {
        const conditions = [{ type: "Failed", status: "True", message: "Job has reached the backoff limit" }];
        const result = evaluateJob(job(conditions), { pods: [pod("j-1", "j", CRASHING)] });
        assert.equal(result.state, "failed");
        assert.match(reasonsOf(result), /backoff limit \| pod j-1, container app: .*cannot read config/);
    });
});

describe("a Service", () => {
    const service = (spec: JsonObject): JsonObject => ({ metadata: { name: "s", namespace: "ns" }, spec });
    const slices = (ready: boolean): readonly JsonObject[] => [{ endpoints: [{ conditions: { ready } }] }];

    it("is ready with one endpoint that takes traffic", () => {
        const web = service({ selector: { app: "web" }, clusterIP: "10.0.0.1" });
        assert.equal(evaluateService(web, { endpointSlices: slices(true) }).state, "ready");
        assert.equal(evaluateService(web, { endpointSlices: slices(false) }).state, "waiting");
        assert.equal(reasonsOf(evaluateService(web, {})), "it targets no ready pod | no pod matches its selector");
    });

    it("has nothing to wait for without a selector, headless, or as a mere name", () => {
        for (const spec of [
            {},
            { selector: { a: "b" }, clusterIP: "None" },
            { type: "ExternalName", selector: { a: "b" } },
        ]) {
            assert.equal(evaluateService(service(spec), {}).state, "ready");
        }
    });

    it("waits for the address of its load balancer", () => {
        const spec = { selector: { a: "b" }, type: "LoadBalancer" };
        assert.equal(evaluateService(service(spec), { endpointSlices: slices(true) }).state, "waiting");
        const balanced = { ...service(spec), status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } };
        assert.equal(evaluateService(balanced, { endpointSlices: slices(true) }).state, "ready");
    });
});

describe("a volume claim", () => {
    it("is ready when bound, or when its class waits for a pod", () => {
        const claim = (phase: string): JsonObject => ({ status: { phase } });
        assert.equal(evaluateVolumeClaim(claim("Bound"), {}).state, "ready");
        assert.equal(evaluateVolumeClaim(claim("Pending"), {}).state, "waiting");
        const lazy = { storageClasses: [{ volumeBindingMode: "WaitForFirstConsumer" }] };
        assert.equal(evaluateVolumeClaim(claim("Pending"), lazy).state, "ready");
        assert.equal(evaluateVolumeClaim(claim("Lost"), {}).state, "failed");
    });
});

describe("a CustomResourceDefinition", () => {
    it("is ready when the API server serves it, and fails when its names are taken", () => {
        const evaluate = (conditions: readonly JsonObject[]): string =>
            CUSTOM_RESOURCE_DEFINITION.evaluate({ status: { conditions } }, {}).state;
        assert.equal(evaluate([{ type: "Established", status: "True" }]), "ready");
        assert.equal(evaluate([]), "waiting");
        assert.equal(evaluate([{ type: "NamesAccepted", status: "False", message: "taken" }]), "failed");
    });
});

describe("waiting", () => {
    const annotated = (annotations: JsonObject): JsonObject => ({ metadata: { annotations } });

    it("lasts as customTimeouts, the annotation or the official default say", () => {
        const object = annotated({ "pulumi.com/timeoutSeconds": "90" });
        assert.equal(timeoutOf(object, 30), 30_000);
        assert.equal(timeoutOf(object, 0), 90_000);
        assert.equal(timeoutOf({}, 0), 600_000);
        assert.equal(timeoutOf(annotated({ "pulumi.com/timeoutSeconds": "soon" }), 0), 600_000);
    });

    it("is skipped by annotation only", () => {
        assert.ok(skipsAwait(annotated({ "pulumi.com/skipAwait": "true" })));
        assert.ok(!skipsAwait(annotated({ "pulumi.com/skipAwait": "false" })));
        assert.ok(!skipsAwait({}));
    });

    it("asks for related objects by the selector's words", () => {
        const matchExpressions = [
            { key: "tier", operator: "In", values: ["a", "b"] },
            { key: "old", operator: "DoesNotExist" },
            { key: "app", operator: "Exists" },
        ];
        assert.equal(selectorText({ matchLabels: { x: "1" }, matchExpressions }), "x=1,tier in (a,b),!old,app");
    });
});

describe("deletion", () => {
    it("waits for the pods of workloads and goes by the annotation", () => {
        assert.equal(propagationOf({ apiVersion: "apps/v1" }), "Foreground");
        assert.equal(propagationOf({ apiVersion: "v1" }), "Background");
        const annotations = { "pulumi.com/deletionPropagationPolicy": "orphan" };
        assert.equal(propagationOf({ apiVersion: "apps/v1", metadata: { annotations } }), "Orphan");
    });

    it("says what holds it up", () => {
        const live = {
            kind: "Namespace",
            metadata: { name: "ns", finalizers: ["foregroundDeletion", "example.com/keep"] },
            status: {
                conditions: [
                    { type: "NamespaceContentRemaining", status: "True", message: "Some resources are remaining" },
                ],
            },
        };
        assert.deepEqual(blockersOf(live), [
            "Some resources are remaining",
            "Namespace ns has finalizers example.com/keep",
        ]);
    });
});
