import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { OtelStack, type OtelStackArgs } from "../../../components/stack/otel-stack";
import { loadSettings } from "../../../config/load";
import { renderStackChart } from "../../../tools/helm/chart";
import { renderManifests } from "../../../tools/render/manifests";
import { type Manifest, type ProgramRecorder, startMocks, renderProgram } from "../../../tools/render/program";
import { getField, readConfigMap } from "../../support/manifests";

const ENABLED = { enabled: true };

async function renderStack(collector: object, more: object = {}): Promise<ProgramRecorder> {
    return (await renderProgram({ ...more, collector })).recorder;
}

/** Returns the properties of the Collector's workload whose changes Pulumi ignores. */
async function findIgnoredChanges(settings: OtelStackArgs): Promise<readonly string[]> {
    let ignored: readonly string[] | undefined;
    const recorder = await startMocks();
    new OtelStack("otel-stack", settings, {
        transformations: [
            ({ name, opts, type }) => {
                if (name === "otel-collector" && /:(?:Deployment|StatefulSet)$/.test(type)) {
                    ignored = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
                }
                return undefined;
            },
        ],
    });
    await recorder.settle();
    assert.ok(ignored);
    return ignored;
}

function findAutoscaler(recorder: ProgramRecorder): Manifest {
    return recorder.manifest("HorizontalPodAutoscaler", "otel-collector");
}

describe("Collector autoscaling", () => {
    it("scales on CPU and memory, up at once and down slowly", async () => {
        const { apiVersion, metadata, spec } = findAutoscaler(await renderStack({ autoscaling: ENABLED }));
        assert.equal(apiVersion, "autoscaling/v2");
        assert.equal(metadata.namespace, "playground-otel");
        assert.deepEqual(spec, {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "otel-collector" },
            minReplicas: 1,
            maxReplicas: 5,
            metrics: [
                { type: "Resource", resource: { name: "cpu", target: { type: "AverageValue", averageValue: "600m" } } },
                {
                    type: "Resource",
                    resource: { name: "memory", target: { type: "AverageValue", averageValue: "614Mi" } },
                },
            ],
            behavior: {
                scaleDown: {
                    stabilizationWindowSeconds: 600,
                    policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
                },
            },
        });
    });

    it("uses the configured replica bounds and targets", async () => {
        const autoscaling = {
            ...ENABLED,
            minReplicas: 2,
            maxReplicas: 20,
            cpuPercent: 45,
            memoryPercent: 50,
            scaleDownWindow: "90s",
        };
        const resources = { limits: { cpu: "1.5", memory: "512Mi" } };
        const autoscaler = findAutoscaler(await renderStack({ autoscaling, resources }));
        assert.equal(getField(autoscaler, "spec", "minReplicas"), 2);
        assert.equal(getField(autoscaler, "spec", "maxReplicas"), 20);
        assert.match(JSON.stringify(getField(autoscaler, "spec", "metrics")), /"675m".*"256Mi"/);
        assert.equal(getField(autoscaler, "spec", "behavior", "scaleDown", "stabilizationWindowSeconds"), 90);
    });

    it("raises minReplicas when size is large", async () => {
        const autoscaler = findAutoscaler(await renderStack({ autoscaling: ENABLED }, { size: "large" }));
        assert.equal(getField(autoscaler, "spec", "minReplicas"), 3);
        assert.equal(getField(autoscaler, "spec", "maxReplicas"), 10);
    });

    for (const [kind, mode] of [
        ["Deployment", "memory"],
        ["StatefulSet", "disk"],
    ] as const) {
        it(`sets the replicas of a new ${kind} and ignores later changes`, async () => {
            const settings = { autoscaling: { ...ENABLED, minReplicas: 2 } };
            const recorder = await renderStack(settings, { durability: { mode } });
            const workload = recorder.manifest(kind, "otel-collector");
            assert.equal(getField(workload, "spec", "replicas"), 2);
            assert.equal(getField(findAutoscaler(recorder), "spec", "scaleTargetRef", "kind"), kind);
            assert.deepEqual(await findIgnoredChanges({ collector: settings, durability: { mode } }), [
                "spec.replicas",
            ]);
        });
    }

    it("ignores no changes of a workload with a fixed number of pods", async () => {
        assert.deepEqual(await findIgnoredChanges({}), []);
    });

    it("changes the workload's metadata when it is disabled, so that an update always sets the number", async () => {
        const describeWorkload = async (collector: object): Promise<string | undefined> =>
            (await renderStack(collector)).manifest("Deployment", "otel-collector").metadata.annotations?.[
                "kubernetes.io/description"
            ];
        assert.match((await describeWorkload({ autoscaling: ENABLED })) ?? "", /HorizontalPodAutoscaler/);
        assert.equal(await describeWorkload({ replicas: 2 }), undefined);
    });

    it("renders manifests and charts without replicas, so that kubectl and Helm do not reset the number", async () => {
        const settings = { collector: { autoscaling: ENABLED } };
        const rendered = await renderManifests(settings);
        const [workload = ""] =
            /^kind: Deployment\nmetadata:(?:\n {2}.*)*\n {2}name: otel-collector\n[^]*?(?=^---)/m.exec(rendered) ?? [];
        assert.notEqual(workload, "");
        assert.doesNotMatch(workload, /^ {2}replicas:/m);
        assert.match(rendered, /^ {2}replicas: 1$/m);
        const { files } = await renderStackChart("test", settings, "1.0.0");
        assert.doesNotMatch(files["templates/deployment-otel-collector.yaml"] ?? "replicas: 1", /replicas:/);
    });

    it("renders a PodDisruptionBudget and anti-affinity when maxReplicas is above 1", async () => {
        for (const [maxReplicas, budgets] of [
            [2, 1],
            [1, 0],
        ] as const) {
            const recorder = await renderStack({ autoscaling: { ...ENABLED, maxReplicas } });
            assert.equal(recorder.manifests.filter(({ kind }) => kind === "PodDisruptionBudget").length, budgets);
            const deployment = recorder.manifest("Deployment", "otel-collector");
            assert.equal(getField(deployment, "spec", "template", "spec", "affinity") !== undefined, maxReplicas > 1);
        }
    });

    it("disables scale-down when queues are persistent", async () => {
        const autoscaler = findAutoscaler(
            await renderStack({ autoscaling: ENABLED }, { durability: { mode: "disk" } }),
        );
        assert.deepEqual(getField(autoscaler, "spec", "behavior"), {
            scaleUp: {
                stabilizationWindowSeconds: 60,
                policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
            },
            scaleDown: { selectPolicy: "Disabled" },
        });
        // The files of a queue count as memory, and pods that came for them would stay.
        assert.doesNotMatch(JSON.stringify(getField(autoscaler, "spec", "metrics")), /memory/);
    });

    for (const [mode, question] of [
        ["memory", { names: ["otel-collector-headless.playground-otel"], type: "A", port: 8888 }],
        // By name, which a pod keeps with its queue.
        ["disk", { names: ["_telemetry._tcp.otel-collector-headless.playground-otel"], type: "SRV" }],
    ] as const) {
        it(`makes every replica a scrape target when durability.mode is ${mode}`, async () => {
            const recorder = await renderStack({ autoscaling: ENABLED }, { durability: { mode } });
            const { config } = readConfigMap(recorder, "prometheus-config");
            const jobs = (config as { scrape_configs: readonly { job_name: string }[] }).scrape_configs;
            assert.deepEqual(
                jobs.find(({ job_name }) => job_name === "otel-collector-internal"),
                {
                    job_name: "otel-collector-internal",
                    dns_sd_configs: [{ ...question, refresh_interval: "5s" }],
                },
            );
        });
    }

    it("logs during preview that scale-down is disabled", async () => {
        const saidWith = async (settings: object, preview: boolean): Promise<string> => {
            const said: string[] = [];
            const { log } = console;
            console.log = (line: string) => said.push(line);
            try {
                await startMocks({ ...settings, collector: { autoscaling: ENABLED } }, [], "test", preview);
                loadSettings();
            } finally {
                console.log = log;
            }
            return said.join("\n");
        };
        const persistent = await saidWith({ durability: { mode: "disk" } }, true);
        assert.match(
            persistent,
            /collector\.autoscaling\.enabled: with durability.mode disk the autoscaler adds pods and never removes them/,
        );
        assert.equal(await saidWith({ durability: { mode: "disk" } }, false), "", "an update says it no more");
        assert.equal(await saidWith({}, true), "");
    });
});

describe("gRPC connection age", () => {
    it("is limited on every listener, so that clients rebalance", async () => {
        const settings = { secureOtlp: { enabled: true, grpc: { enabled: true } } };
        const recorder = await renderStack({ receiver: { maxConnectionAge: "90s" } }, settings);
        const { receivers } = readConfigMap(recorder, "otel-collector-config").config as {
            receivers: Readonly<Record<string, { protocols: { grpc: { keepalive: Keepalive } } }>>;
        };
        assert.deepEqual(
            Object.entries(receivers).map(([id, { protocols }]) => [
                id,
                protocols.grpc.keepalive.server_parameters.max_connection_age,
            ]),
            [
                ["otlp", "90s"],
                ["otlp/secure", "90s"],
            ],
        );
    });
});

interface Keepalive {
    readonly server_parameters: { readonly max_connection_age: string };
}
