import assert from "node:assert/strict";
import { resolvePods } from "../../../config/model/pods";
import { findPodSpecs, listContainers } from "../../../tools/render/pods";
import { renderProgram } from "../../../tools/render/program";
import { getField } from "../../support/manifests";
import { parseSettings } from "../../support/settings";

const OS = { "kubernetes.io/os": "linux" };
const EVERYTHING_TOLERATED = [{ operator: "Exists" }];

interface Resources {
    readonly requests: object;
    readonly limits: object;
}

function resolve(raw: Readonly<Record<string, unknown>>): ReturnType<typeof resolvePods> {
    return resolvePods(parseSettings(raw));
}

describe("resolvePods", () => {
    it("selects nodes with Linux by default, and nothing else", () => {
        for (const [workload, plan] of Object.entries(resolve({}))) {
            assert.deepEqual(plan, {
                pullPolicy: "IfNotPresent",
                nodeSelector: OS,
                ...(workload === "agent" ? { tolerations: EVERYTHING_TOLERATED } : {}),
            });
        }
    });

    it("names Secrets with environment variables only for pods of their Namespace", () => {
        const { agent, clusterTelemetry, collector, jaeger } = resolve({
            pods: { envFrom: ["proxy"] },
            collector: { pods: { envFrom: ["proxy", "own"] } },
        });
        assert.deepEqual(jaeger.envFrom, ["proxy"]);
        assert.deepEqual(collector.envFrom, ["proxy", "own"]);
        assert.deepEqual([agent.envFrom, clusterTelemetry.envFrom], [undefined, undefined]);
        const own = resolve({
            clusterTelemetry: { podLogs: { enabled: true }, pods: { envFrom: ["agents"] } },
        });
        assert.deepEqual([own.agent.envFrom, own.clusterTelemetry.envFrom], [["agents"], ["agents"]]);
    });

    it("merges maps of one workload into those of all, and replaces its lists and names", () => {
        const { collector, jaeger } = resolve({
            pods: {
                nodeSelector: { pool: "a", zone: "b" },
                labels: { team: "a" },
                annotations: { note: "a" },
                tolerations: [{ key: "a", operator: "Exists" }],
                priorityClassName: "high",
                affinity: { nodeAffinity: {}, podAffinity: {} },
            },
            collector: {
                pods: {
                    nodeSelector: { pool: "c" },
                    labels: { tier: "b" },
                    annotations: { note: "b" },
                    tolerations: [],
                    priorityClassName: "",
                    affinity: { podAntiAffinity: {} },
                },
            },
        });
        assert.deepEqual(collector, {
            pullPolicy: "IfNotPresent",
            nodeSelector: { ...OS, pool: "c", zone: "b" },
            labels: { team: "a", tier: "b" },
            annotations: { note: "b" },
            tolerations: [],
            priorityClassName: "",
            affinity: { nodeAffinity: {}, podAffinity: {}, podAntiAffinity: {} },
        });
        assert.deepEqual(jaeger.nodeSelector, { ...OS, pool: "a", zone: "b" });
        assert.equal(jaeger.priorityClassName, "high");
    });

    it("keeps agents on all nodes unless the settings of cluster telemetry limit them", () => {
        const pods = {
            nodeSelector: { pool: "a" },
            tolerations: [],
            affinity: { nodeAffinity: {} },
            priorityClassName: "high",
        };
        const { agent, clusterTelemetry } = resolve({ pods });
        assert.deepEqual(agent, {
            pullPolicy: "IfNotPresent",
            nodeSelector: OS,
            tolerations: EVERYTHING_TOLERATED,
            priorityClassName: "high",
        });
        assert.deepEqual(clusterTelemetry.nodeSelector, { ...OS, pool: "a" });
        const limited = resolve({
            pods,
            clusterTelemetry: {
                kubernetesEvents: { enabled: true },
                pods: { nodeSelector: { logs: "true" }, tolerations: [{ key: "a", operator: "Exists" }] },
            },
        }).agent;
        assert.deepEqual(limited.nodeSelector, { ...OS, logs: "true" });
        assert.deepEqual(limited.tolerations, [{ key: "a", operator: "Exists" }]);
    });
});

describe("pods of the stack", () => {
    it("have the settings of their workload, and the labels by which the stack selects them", async () => {
        const spread = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", minDomains: 2 };
        const { recorder } = await renderProgram({
            durability: { mode: "disk" },
            collector: {
                replicas: 2,
                pods: { labels: { tier: "b" }, affinity: { nodeAffinity: {} }, topologySpreadConstraints: [spread] },
            },
            pods: {
                labels: { team: "a" },
                annotations: { note: "a" },
                nodeSelector: { pool: "a" },
                tolerations: [{ key: "dedicated", value: "a", effect: "NoSchedule" }],
                priorityClassName: "high",
                runtimeClassName: "gvisor",
            },
            clusterTelemetry: { hostMetrics: { enabled: true }, kubernetesEvents: { enabled: true } },
        });
        const workloads = recorder.manifests.filter((manifest) => findPodSpecs(manifest).length > 0);
        assert.ok(workloads.length >= 10);
        for (const workload of workloads) {
            const spec = getField(workload, "spec", "template", "spec") as Readonly<Record<string, unknown>>;
            const isAgent = workload.kind === "DaemonSet";
            assert.deepEqual(spec.nodeSelector, isAgent ? OS : { ...OS, pool: "a" }, workload.metadata.name);
            assert.equal(spec.priorityClassName, "high");
            assert.equal(spec.runtimeClassName, "gvisor");
            assert.equal((spec.tolerations as unknown[]).length, 1);
            assert.equal(getField(workload, "spec", "template", "metadata", "labels", "team"), "a");
            assert.equal(getField(workload, "spec", "template", "metadata", "annotations", "note"), "a");
            assert.ok(getField(workload, "spec", "template", "metadata", "labels", "app.kubernetes.io/name"));
        }
        const collector = recorder.manifest("StatefulSet", "otel-collector");
        assert.equal(getField(collector, "spec", "template", "metadata", "labels", "tier"), "b");
        assert.deepEqual(getField(collector, "spec", "template", "spec", "topologySpreadConstraints"), [
            { ...spread, labelSelector: { matchLabels: getField(collector, "spec", "selector", "matchLabels") } },
        ]);
        const affinity = getField(collector, "spec", "template", "spec", "affinity") as object;
        assert.deepEqual(Object.keys(affinity).sort(), ["nodeAffinity", "podAntiAffinity"]);
        assert.equal(getField(collector, "metadata", "labels", "team"), undefined, "only pods have them");
    });

    it("have requests and limits in every container, also in init containers, agents and Jobs", async () => {
        const { recorder } = await renderProgram({
            topology: "two-tier",
            durability: { mode: "disk" },
            images: { shop: "a.example/shop:1" },
            shop: { enabled: true },
            victoriaLogs: { enabled: true },
            alertmanager: { enabled: true },
            clusterTelemetry: { podLogs: { enabled: true }, kubernetesEvents: { enabled: true } },
        });
        const containers = recorder.manifests.flatMap(findPodSpecs).flatMap(listContainers);
        assert.ok(containers.length >= 16, String(containers.length));
        for (const container of containers) {
            const { name, resources } = container as typeof container & { readonly resources: Resources };
            for (const amounts of [resources.requests, resources.limits]) {
                assert.deepEqual(Object.keys(amounts).sort(), ["cpu", "ephemeral-storage", "memory"], name);
            }
        }
    });
});
