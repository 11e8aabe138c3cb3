import assert from "node:assert/strict";
import { Collector } from "../../../components/collector/collector";
import { collectorEndpoints } from "../../../components/collector/endpoints";
import { collectorScrapeTargets } from "../../../components/collector/scrape-targets";
import { type ProgramRecorder, startMocks } from "../../../tools/render/program";
import { BACKEND_ENDPOINTS } from "../../support/backend-endpoints";
import {
    getField,
    readConfigMap,
    getContainer,
    listKindsAndNames,
    getPodTemplate,
    getServicePorts,
} from "../../support/manifests";
import { parsePlan } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

async function createCollector(raw: Readonly<Record<string, unknown>> = {}): Promise<ProgramRecorder> {
    const { ingestTier, metricsPushProtocol, settings } = parsePlan(raw);
    const recorder = await startMocks();
    new Collector("gateway", {
        ...settings.collector,
        ...ingestTier,
        namespace: "ns",
        image: settings.images.collector,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
        pushProtocol: metricsPushProtocol,
        destinations: [],
        backends: BACKEND_ENDPOINTS,
    });
    return recorder.settle();
}

describe("Collector", () => {
    it("creates a Deployment, a ConfigMap and two Services", async () => {
        assert.deepEqual(listKindsAndNames(await createCollector()), [
            "ConfigMap gateway-config-HASH",
            "Deployment gateway",
            "Service gateway",
            "Service gateway-headless",
        ]);
    });

    it("mounts the rendered configuration at the image's default path", async () => {
        const recorder = await createCollector();
        const { manifest, config } = readConfigMap(recorder, "gateway-config");
        const deployment = recorder.manifest("Deployment", "gateway");
        assert.equal(manifest.immutable, true);
        assert.deepEqual(getPodTemplate(deployment).spec.volumes, [
            { name: "config", configMap: { name: manifest.metadata.name } },
        ]);
        assert.deepEqual(getContainer(deployment).volumeMounts, [
            { name: "config", mountPath: "/etc/otelcol-contrib/config.yaml", subPath: "config.yaml", readOnly: true },
        ]);
        assert.deepEqual(getContainer(deployment).args, ["--config=/etc/otelcol-contrib/config.yaml"]);
        assert.equal(JSON.stringify(config).includes("jaeger.ns:4317"), true);
    });

    it("names the ConfigMap by a hash of its content", async () => {
        const nameFor = async (raw: Readonly<Record<string, unknown>>) =>
            readConfigMap(await createCollector(raw), "gateway-config").manifest.metadata.name;
        // The series that Prometheus can hold are divided among the pods, so their number would change the content.
        const prometheus = { enabled: false };
        const before = await nameFor({ prometheus, collector: { replicas: 2 } });
        assert.notEqual(
            await nameFor({ prometheus, collector: { replicas: 2, batch: { flushTimeout: "2s" } } }),
            before,
        );
        assert.equal(await nameFor({ prometheus, collector: { replicas: 3 } }), before);
    });

    it("retains the previous ConfigMap until the rollout succeeds", async () => {
        const recorder = await createCollector();
        const { metadata } = readConfigMap(recorder, "gateway-config").manifest;
        assert.ok(recorder.resources.some(({ type, name }) => type.endsWith(":ConfigMap") && name === metadata.name));
    });

    it("keeps old pods until new ones are ready, with a progress deadline", async () => {
        const deployment = (await createCollector({ rolloutTimeout: "90s" })).manifest("Deployment", "gateway");
        assert.deepEqual(getField(deployment, "spec", "strategy", "rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
        assert.equal(getField(deployment, "spec", "progressDeadlineSeconds"), 90);
        assert.deepEqual(deployment.metadata.annotations, { "pulumi.com/timeoutSeconds": "150" });
    });

    it("delays shutdown until its endpoints are removed", async () => {
        const deployment = (await createCollector()).manifest("Deployment", "gateway");
        const sleep = getContainer(deployment).lifecycle.preStop.sleep.seconds;
        assert.ok(sleep > 0 && sleep < getPodTemplate(deployment).spec.terminationGracePeriodSeconds);
    });

    it("sets GOMEMLIMIT below the container's memory limit", async () => {
        const recorder = await createCollector({ collector: { resources: { limits: { memory: "1Gi" } } } });
        assert.deepEqual(getContainer(recorder.manifest("Deployment", "gateway")).env, [
            { name: "GOMEMLIMIT", value: "819MiB" },
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ]);
    });

    it("uses the configured number of replicas", async () => {
        const deployment = (await createCollector({ collector: { replicas: 3 } })).manifest("Deployment", "gateway");
        assert.equal(getField(deployment, "spec", "replicas"), 3);
    });

    it("exposes the standard ports", async () => {
        const recorder = await createCollector();
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "gateway")), {
            "otlp-grpc": 4317,
            "otlp-http": 4318,
            telemetry: 8888,
            metrics: 8889,
            health: 13133,
        });
        const headless = recorder.manifest("Service", "gateway-headless");
        assert.equal(getField(headless, "spec", "clusterIP"), "None");
        assert.deepEqual(getServicePorts(headless), { telemetry: 8888, metrics: 8889 });
    });

    it("exposes no port without a listener", async () => {
        const recorder = await createCollector({ collector: { prometheusExporter: { enabled: false } } });
        assert.equal(getServicePorts(recorder.manifest("Service", "gateway")).metrics, undefined);
        const { ports } = getContainer(recorder.manifest("Deployment", "gateway"));
        assert.equal(
            ports.some(({ containerPort }) => containerPort === 8889),
            false,
        );
    });

    it("is addressed by its Service, and each pod by the headless Service", () => {
        const { otlpGrpc, headlessHost: everyPod } = collectorEndpoints("gateway", "ns");
        assert.equal(otlpGrpc.address, "gateway.ns:4317");
        assert.equal(otlpGrpc.url, "http://gateway.ns:4317");
        assert.equal(everyPod, "gateway-headless.ns");
    });

    it("has separate scrape jobs for received and internal metrics", () => {
        const jobs = (raw: Readonly<Record<string, unknown>>) =>
            collectorScrapeTargets("gateway", collectorEndpoints("gateway", "ns"), parsePlan(raw).routes, {
                replicas: 1,
                stableNames: false,
            });
        const own = { job: "gateway-internal", host: "gateway-headless.ns", port: 8888 };
        assert.deepEqual(jobs({}), [{ job: "gateway", host: "gateway-headless.ns", port: 8889 }, own]);
        assert.deepEqual(jobs({ collector: { prometheusExporter: { enabled: false } } }), [own]);
    });

    it("spreads pods across nodes when it has several replicas", async () => {
        const affinityOf = async (replicas: number): Promise<unknown> => {
            const deployment = (await createCollector({ collector: { replicas } })).manifest("Deployment", "gateway");
            return getField(deployment, "spec", "template", "spec", "affinity");
        };
        const matchLabels = { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/instance": "gateway" };
        const podAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } };
        assert.deepEqual(await affinityOf(2), {
            podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
        });
        assert.equal(await affinityOf(1), undefined);
    });

    it("renders a PodDisruptionBudget when it has several replicas", async () => {
        const budget = (await createCollector({ collector: { replicas: 2 } })).manifest(
            "PodDisruptionBudget",
            "gateway",
        );
        assert.equal(getField(budget, "spec", "maxUnavailable"), 1);
        assert.ok(!listKindsAndNames(await createCollector()).includes("PodDisruptionBudget gateway"));
    });
});

describe("Collector with persistent queues", () => {
    const disk = { durability: { mode: "disk" }, collector: { replicas: 2 } };

    it("is a StatefulSet with stable pod names", async () => {
        const recorder = await createCollector(disk);
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap gateway-config-HASH",
            "PodDisruptionBudget gateway",
            "Service gateway",
            "Service gateway-headless",
            "StatefulSet gateway",
        ]);
        const set = recorder.manifest("StatefulSet", "gateway");
        assert.equal(getField(set, "spec", "serviceName"), "gateway-headless");
        assert.equal(getField(set, "spec", "podManagementPolicy"), "Parallel");
        assert.equal(getField(set, "spec", "replicas"), 2);
        const targets = collectorScrapeTargets("gateway", collectorEndpoints("gateway", "ns"), parsePlan(disk).routes, {
            replicas: 2,
            stableNames: true,
        });
        assert.deepEqual(targets[1], {
            job: "gateway-internal",
            addresses: ["gateway-0.gateway-headless.ns:8888", "gateway-1.gateway-headless.ns:8888"],
        });
    });

    it("claims a volume per pod that is retained when the StatefulSet is deleted", async () => {
        const queue = { volumeSize: "5Gi", storageClass: "fast" };
        const set = (await createCollector({ ...disk, collector: { queue } })).manifest("StatefulSet", "gateway");
        assert.deepEqual(getField(set, "spec", "persistentVolumeClaimRetentionPolicy"), {
            whenDeleted: "Retain",
            whenScaled: "Retain",
        });
        const claims = getField(set, "spec", "volumeClaimTemplates") as readonly {
            metadata: { name: string; labels: Record<string, string> };
            spec: object;
        }[];
        assert.deepEqual(
            claims.map(({ spec }) => spec),
            [
                {
                    accessModes: ["ReadWriteOnce"],
                    resources: { requests: { storage: "5Gi" } },
                    storageClassName: "fast",
                },
            ],
        );
        const { mountPath, name } = getContainer(set).volumeMounts[1] ?? {};
        assert.equal(name, claims[0]?.metadata.name);
        const { config } = readConfigMap(await createCollector(disk), "gateway-config");
        assert.match(JSON.stringify(config), new RegExp(`"directory":"${mountPath}/`));
    });

    it("keeps the immutable volume claim template when the image changes", async () => {
        const labelsOf = async (image: string) => {
            const recorder = await createCollector({ ...disk, images: { collector: image } });
            return JSON.stringify(
                getField(recorder.manifest("StatefulSet", "gateway"), "spec", "volumeClaimTemplates"),
            );
        };
        assert.equal(await labelsOf("otelcol:1.0.0"), await labelsOf("otelcol:2.0.0"));
    });
});
