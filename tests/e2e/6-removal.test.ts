import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { stopNode } from "../../sandbox/cluster";
import { sandboxEnv } from "../../sandbox/environment";
import { STATE } from "../../sandbox/paths";
import { manifestsOf } from "../../tools/manifests";
import { type Manifest, runProgram, settingsOf } from "../../tools/mocked-stack";
import { get, kubectl, NAMESPACE, objectsOfTheStack } from "./support/cluster";
import { Authority, putCertificate } from "./support/guard";
import { destroy, stackWith, up, verifyHolds } from "./support/stack";

const namespaces = async (): Promise<string> => kubectl("get", "namespaces", "-o", "name");

function processesIn(pidNamespace: string): string[] {
    return fs.readdirSync("/proc").filter((entry) => {
        try {
            return fs.readlinkSync(`/proc/${entry}/ns/pid`) === pidNamespace;
        } catch {
            // No process, or one that has just ended.
            return false;
        }
    });
}

describe("destroy", () => {
    it("leaves nothing of the stack in any namespace, nor the namespace", async () => {
        await destroy(stackWith("sandbox"));
        assert.deepEqual(await objectsOfTheStack(), []);
        assert.doesNotMatch(await namespaces(), new RegExp(NAMESPACE));
    });

    it("leaves a namespace that was there before the stack, which does without Loki and telemetrygen", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        const off = { "loki.enabled": false, "telemetrygen.enabled": false };
        const guest = stackWith("sandbox", { "namespace.create": false, ...off });
        await up(guest);
        await verifyHolds(guest);
        await destroy(guest);
        assert.deepEqual(await objectsOfTheStack(), []);
        assert.match(await namespaces(), new RegExp(NAMESPACE));
        await kubectl("delete", "namespace", NAMESPACE);
    });
});

describe("the stack `secure`", () => {
    const secure = stackWith("secure");

    it("is taken by the API server as plain manifests too, Grafana included, with nothing to warn of", async () => {
        await kubectl("create", "namespace", NAMESPACE);
        await kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/warn=restricted");
        const { stdout, stderr } = await execa("kubectl", ["apply", "--dry-run=server", "--filename=-"], {
            // The Namespace that is there would be warned of, as others have made it.
            input: (await manifestsOf("secure")).replace(/^---\napiVersion: v1\nkind: Namespace\n[^]*?(?=^---$)/m, ""),
            env: sandboxEnv(),
        });
        assert.match(stdout, /deployment\.apps\/grafana created/);
        assert.equal(stderr, "");
        await kubectl("delete", "namespace", NAMESPACE);
    });

    it("works where the restricted Pod Security Standard is enforced, once its certificate is there", async () => {
        await putCertificate(await (await Authority.make("e2e")).server());
        await up(secure);
        const label = "jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}";
        assert.equal(await kubectl("get", "namespace", NAMESPACE, "-o", label), "restricted");
        await verifyHolds(secure);
    });

    it("has the NetworkPolicies that were rendered, each as it was", async () => {
        // The sandbox has no Grafana.
        const { recorder } = await runProgram({ ...settingsOf("secure"), grafana: { enabled: false } });
        const rendered = recorder.manifests.filter(({ kind }) => kind === "NetworkPolicy");
        const specs = (policies: readonly Manifest[]): object =>
            Object.fromEntries(policies.map(({ metadata, spec }) => [metadata.name, spec]));
        assert.deepEqual(specs(await get<Manifest>("networkpolicies")), specs(rendered));
    });

    it("is destroyed with its policies", async () => {
        await destroy(secure);
        assert.deepEqual(await objectsOfTheStack(), []);
    });
});

describe("the end of the sandbox", () => {
    it("leaves no process, mount, network device, cgroup or file", async () => {
        const { stdout: unshare } = await execa("pgrep", ["--full", `^unshare .*${STATE}$`]);
        const pidNamespace = fs.readlinkSync(`/proc/${unshare}/ns/pid_for_children`);
        assert.ok(processesIn(pidNamespace).length > 5);
        await stopNode();
        // The machine's own first process takes note of the node's, which is orphaned, in its own time.
        for (let look = 0; look < 50 && processesIn(pidNamespace).length > 0; look++) {
            await sleep(100);
        }
        assert.deepEqual(processesIn(pidNamespace), []);
        assert.equal(fs.existsSync(STATE), false);
        assert.doesNotMatch(fs.readFileSync("/proc/self/mounts", "utf8"), /otel-stack-sandbox/);
        const { stdout: links } = await execa("ip", ["link"]);
        assert.doesNotMatch(links, /otel-sandbox0|cni0/);
        const { stdout: cgroups } = await execa("find", ["/sys/fs/cgroup", "-name", "*otel-stack*"]);
        assert.equal(cgroups, "");
    });
});
