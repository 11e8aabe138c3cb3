import assert from "node:assert/strict";
import { type BackendArgs, type BackendSpec, createBackend } from "../../../components/kubernetes/backend";
import { type ProgramRecorder, startMocks } from "../../../tools/render/program";
import { getContainer, getField, getPodTemplate, getServicePorts, listKindsAndNames } from "../../support/manifests";
import { POD_OPTIONS } from "../../support/pod-options";

const SPEC: BackendSpec = {
    container: "store",
    component: "trace-store",
    user: 10001,
    args: [],
    env: [],
    files: { "/etc/store/config.yaml": "a: 1", "/etc/store/rules.yaml": "b: 2" },
    dataDir: "/data",
    ports: [{ name: "http", port: 80, appProtocol: "http" }],
    health: { port: "http", live: "/live", ready: "/ready" },
};

const ARGS: BackendArgs = {
    namespace: "ns",
    image: "store:1",
    rolloutTimeout: "5m",
    pods: POD_OPTIONS,
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    persistence: { enabled: false, retainOnDelete: false },
    volumeSize: "2Gi",
};

async function create(
    spec: Partial<BackendSpec> = {},
    persistence: Partial<BackendArgs["persistence"]> = {},
): Promise<ProgramRecorder> {
    const recorder = await startMocks();
    const args = { ...ARGS, persistence: { ...ARGS.persistence, ...persistence } };
    createBackend("store", { ...SPEC, ...spec }, args, {});
    return recorder.settle();
}

describe("createBackend", () => {
    it("creates one pod, which ends before its successor starts", async () => {
        const deployment = (await create()).manifest("Deployment", "store");
        assert.equal(getField(deployment, "spec", "strategy", "type"), "Recreate");
        assert.equal(getField(deployment, "spec", "replicas"), 1);
    });

    it("writes only to a volume of limited size without persistence", async () => {
        const deployment = (await create()).manifest("Deployment", "store");
        const folder = getPodTemplate(deployment).spec.volumes.find(({ name }) => name === "data");
        assert.deepEqual(folder?.emptyDir, { sizeLimit: "2048Mi" });
        assert.equal(getContainer(deployment).resources.limits["ephemeral-storage"], "2176Mi");
    });

    it("creates a StatefulSet and a claim of the size and class with persistence", async () => {
        const recorder = await create({ files: {} }, { enabled: true, storageClass: "fast" });
        assert.deepEqual(listKindsAndNames(recorder), [
            "PersistentVolumeClaim store-data",
            "Service store",
            "StatefulSet store",
        ]);
        assert.deepEqual(getField(recorder.manifest("PersistentVolumeClaim", "store-data"), "spec"), {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "2Gi" } },
            storageClassName: "fast",
        });
        const set = recorder.manifest("StatefulSet", "store");
        const folder = getPodTemplate(set).spec.volumes.find(({ name }) => name === "data");
        assert.deepEqual(folder?.persistentVolumeClaim, { claimName: "store-data" });
        assert.equal(getField(set, "spec", "replicas"), 1);
        assert.equal(getContainer(set).resources.limits["ephemeral-storage"], "128Mi");
    });

    it("uses the cluster's default StorageClass when none is set", async () => {
        const claim = (await create({}, { enabled: true })).manifest("PersistentVolumeClaim", "store-data");
        assert.equal(getField(claim, "spec", "storageClassName"), undefined);
    });

    it("creates a claim of the empty StorageClass", async () => {
        const recorder = await create({}, { enabled: true, storageClass: "" });
        const claim = recorder.manifest("PersistentVolumeClaim", "store-data");
        assert.equal(getField(claim, "spec", "storageClassName"), "");
    });

    it("only reads an existing claim", async () => {
        const recorder = await create({}, { enabled: true, existingClaim: "restored" });
        assert.ok(!listKindsAndNames(recorder).some((name) => name.startsWith("PersistentVolumeClaim")));
        const set = recorder.manifest("StatefulSet", "store");
        const folder = getPodTemplate(set).spec.volumes.find(({ name }) => name === "data");
        assert.deepEqual(folder?.persistentVolumeClaim, { claimName: "restored" });
    });

    it("mounts each configuration file at its path, and the data volume", async () => {
        const deployment = (await create()).manifest("Deployment", "store");
        assert.deepEqual(getContainer(deployment).volumeMounts, [
            { name: "config", mountPath: "/etc/store/config.yaml", subPath: "config.yaml", readOnly: true },
            { name: "config", mountPath: "/etc/store/rules.yaml", subPath: "rules.yaml", readOnly: true },
            { name: "data", mountPath: "/data" },
        ]);
    });

    it("creates no ConfigMap and no volumes for a backend that has neither files nor data", async () => {
        const recorder = await create({ files: {}, dataDir: undefined });
        assert.deepEqual(listKindsAndNames(recorder), ["Deployment store", "Service store"]);
        assert.deepEqual(getPodTemplate(recorder.manifest("Deployment", "store")).spec.volumes, []);
    });

    it("gives the health port to the container and not to the Service", async () => {
        const recorder = await create({ healthPort: 81, health: { port: "health", live: "/live", ready: "/ready" } });
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "store")), { http: 80 });
        assert.deepEqual(getContainer(recorder.manifest("Deployment", "store")).ports, [
            { name: "http", containerPort: 80 },
            { name: "health", containerPort: 81 },
        ]);
    });
});
