import assert from "node:assert/strict";
import * as path from "node:path";
import { execa } from "execa";
import { sandboxEnv } from "../../sandbox/environment";
import { renderStackManifests } from "../../tools/render/manifests";
import { type Manifest, renderProgram, readStackSettings } from "../../tools/render/program";
import { listObjects, kubectl, NAMESPACE, listStackObjects } from "./support/cluster";
import { TestAuthority, putCertificateSecret } from "./support/secure-otlp";
import { assertSandboxRemoved } from "./support/sandbox-cleanup";
import { pulumiDestroy, configureStack, pulumiUp, assertVerified, tryPulumi } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it ends the sandbox");

const listNamespaces = async (): Promise<string> => kubectl("get", "namespaces", "-o", "name");

describe("pulumi destroy", () => {
    it("leaves nothing of the stack, including its Namespace", async () => {
        await pulumiDestroy(configureStack("sandbox"));
        assert.deepEqual(await listStackObjects(), []);
        assert.doesNotMatch(await listNamespaces(), new RegExp(NAMESPACE));
    });

    it("leaves an existing Namespace that made preview and up fail", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        const before = await kubectl("get", "namespace", NAMESPACE, "-o", "yaml", "--show-managed-fields");
        for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
            const { ok, output } = await tryPulumi(configureStack("sandbox"), command);
            assert.equal(ok, false);
            assert.match(output, new RegExp(`Namespace ${NAMESPACE} exists, and the stack did not create it`));
            assert.match(output, /namespace\.create: false/);
        }
        await pulumiDestroy(configureStack("sandbox"));
        assert.equal(await kubectl("get", "namespace", NAMESPACE, "-o", "yaml", "--show-managed-fields"), before);
        await kubectl("delete", "namespace", NAMESPACE);
    });

    it("leaves an existing Namespace, with cluster telemetry and without log store and telemetrygen", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        const off = { "victoriaLogs.enabled": false, "telemetrygen.enabled": false };
        const parts = [
            "podLogs",
            "agentOtlp",
            "kubeletMetrics",
            "hostMetrics",
            "kubernetesEvents",
            "kubernetesAttributes",
        ];
        const collected = Object.fromEntries(parts.map((part) => [`clusterTelemetry.${part}.enabled`, true]));
        const guest = configureStack("sandbox", { "namespace.create": false, ...off, ...collected });
        await pulumiUp(guest);
        await assertVerified(guest);
        await pulumiDestroy(guest);
        assert.deepEqual(await listStackObjects(), []);
        assert.match(await listNamespaces(), new RegExp(`/${NAMESPACE}$`, "m"));
        assert.doesNotMatch(await listNamespaces(), new RegExp(`${NAMESPACE}-agent`));
        await kubectl("delete", "namespace", NAMESPACE);
    });
});

describe("stack secure", () => {
    const secure = configureStack("secure");

    it("renders plain manifests that the API server accepts without warnings, including Grafana", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        await kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/warn=restricted");
        const { stdout, stderr } = await execa("kubectl", ["apply", "--dry-run=server", "--filename=-"], {
            // Otherwise kubectl warns that it did not create the existing Namespace.
            input: (await renderStackManifests("secure")).replace(
                /^---\napiVersion: v1\nkind: Namespace\n[^]*?(?=^---$)/m,
                "",
            ),
            env: sandboxEnv(),
        });
        assert.match(stdout, /deployment\.apps\/grafana created/);
        assert.equal(stderr, "");
        await kubectl("delete", "namespace", NAMESPACE);
    });

    it("passes verify under the restricted Pod Security Standard, in an imported Namespace with its certificate", async () => {
        await putCertificateSecret(await (await TestAuthority.create("e2e")).signServer());
        const imported = await tryPulumi(secure, [
            "import",
            "--yes",
            "--protect=false",
            "--generate-code=false",
            "kubernetes:core/v1:Namespace",
            NAMESPACE,
            NAMESPACE,
        ]);
        assert.ok(imported.ok, imported.output);
        await pulumiUp(secure);
        const label = "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}";
        assert.equal(await kubectl("get", "namespace", NAMESPACE, "-o", label), "restricted");
        await assertVerified(secure);
    });

    it("has the rendered NetworkPolicies unchanged", async () => {
        assert.ok(secure.configFile !== undefined);
        const { recorder } = await renderProgram(readStackSettings("secure", path.dirname(secure.configFile)));
        const rendered = recorder.manifests.filter(({ kind }) => kind === "NetworkPolicy");
        const specs = (policies: readonly Manifest[]): object =>
            Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, spec]));
        assert.deepEqual(specs(await listObjects<Manifest>("networkpolicies")), specs(rendered));
    });

    it("is destroyed with its NetworkPolicies and the imported Namespace", async () => {
        await pulumiDestroy(secure);
        assert.deepEqual(await listStackObjects(), []);
        assert.doesNotMatch(await listNamespaces(), new RegExp(NAMESPACE));
    });
});

describe("sandbox removal", () => {
    it("leaves no process, mount, loop device, network device, cgroup or file", async () => {
        await assertSandboxRemoved();
    });
});
