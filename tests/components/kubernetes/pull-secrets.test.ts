import assert from "node:assert/strict";
import { findPodSpecs } from "../../../tools/render/pods";
import { type ProgramRecorder, renderProgram } from "../../../tools/render/program";
import { getField } from "../../support/manifests";

const CLUSTER_TELEMETRY = { hostMetrics: { enabled: true }, kubernetesEvents: { enabled: true } };

function listPullSecrets({ manifests }: ProgramRecorder): readonly unknown[] {
    return manifests.flatMap(findPodSpecs).map(({ imagePullSecrets }) => imagePullSecrets?.map(({ name }) => name));
}

/** Whether Pulumi has marked the value as a secret. */
function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

describe("pull secrets", () => {
    it("are in no pod by default, and no Secret is created", async () => {
        const { recorder } = await renderProgram({ clusterTelemetry: CLUSTER_TELEMETRY });
        assert.deepEqual(new Set(listPullSecrets(recorder)), new Set([undefined]));
        assert.ok(!recorder.manifests.some(({ type }) => type === "kubernetes.io/dockerconfigjson"));
    });

    it("are in every pod, also of Jobs and agents", async () => {
        const { recorder } = await renderProgram({
            images: { pullSecrets: ["a", "b"] },
            clusterTelemetry: CLUSTER_TELEMETRY,
        });
        const found = listPullSecrets(recorder);
        assert.ok(found.length >= 10);
        for (const names of found) {
            assert.deepEqual(names, ["a", "b"]);
        }
    });

    it("are created in each Namespace from the credentials, as docker login writes them", async () => {
        const { recorder } = await renderProgram({
            images: {
                registry: "mirror.example.com/hub",
                credentials: {
                    mirror: { username: "robot", password: "text" },
                    hub: { registry: "docker.io", username: "a", password: "b:c" },
                },
            },
            clusterTelemetry: CLUSTER_TELEMETRY,
        });
        const secrets = recorder.manifests.filter(({ type }) => type === "kubernetes.io/dockerconfigjson");
        assert.deepEqual(secrets.map(({ metadata }) => metadata.namespace).sort(), [
            "playground-otel",
            "playground-otel-agent",
        ]);
        for (const secret of secrets) {
            assert.deepEqual(JSON.parse(String(getField(secret, "stringData", ".dockerconfigjson"))), {
                auths: {
                    "mirror.example.com": { username: "robot", password: "text", auth: "cm9ib3Q6dGV4dA==" },
                    "https://index.docker.io/v1/": { username: "a", password: "b:c", auth: "YTpiOmM=" },
                },
            });
            assert.equal(secret.immutable, true);
        }
        for (const names of listPullSecrets(recorder)) {
            assert.deepEqual(names, ["registry-credentials-1"]);
        }
    });

    it("are not in the inputs of a component as plain text", async () => {
        const { recorder } = await renderProgram({
            images: { credentials: { hub: { registry: "docker.io", username: "a", password: "hunter2" } } },
            clusterTelemetry: CLUSTER_TELEMETRY,
        });
        const plain = recorder.resources.filter(
            ({ inputs, type }) =>
                !/Secret|RandomString/.test(type) &&
                JSON.stringify(inputs, (_, value: unknown) => (isSecret(value) ? "secret" : value)).includes("hunter2"),
        );
        assert.deepEqual(
            plain.map(({ name }) => name),
            [],
        );
    });

    it("apply the pull policy to every container", async () => {
        const { recorder } = await renderProgram({
            images: { pullPolicy: "Never" },
            clusterTelemetry: CLUSTER_TELEMETRY,
        });
        const policies = recorder.manifests
            .flatMap(findPodSpecs)
            .flatMap(({ containers }) => containers.map(({ imagePullPolicy }) => imagePullPolicy));
        assert.deepEqual([...new Set(policies)], ["Never"]);
    });
});
