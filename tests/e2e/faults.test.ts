import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";
import { deploy } from "../../tools/commands/deploy";
import { waitForRollouts } from "../../tools/commands/rollouts";
import { pulumiArgs } from "../../tools/stack/stack";
import { createDeadline } from "../../tools/verify/deadline";
import { getRejectionMessage } from "../support/fake-commands";
import { listObjects, kubectl, type NamedObject, listNames, NAMESPACE } from "./support/cluster";
import { listReadyPods } from "./support/collector-pods";
import { eventually } from "./support/query-assertions";
import { configureTargetStack, tryPulumi, unlock, pulumiUp, assertVerified } from "./support/stack";

const COLLECTOR_SELECTOR = "app.kubernetes.io/name=otel-collector";
/** Time until the first change of an update shows in the cluster. */
const CHANGE_TIMEOUT_SECONDS = 120;
const MISSING_IMAGE = "localhost/otelcol-contrib:no-such-tag";

const stack = configureTargetStack();

interface Deployment extends NamedObject {
    readonly spec: { readonly template: { readonly spec: { readonly volumes: readonly Volume[] } } };
}

interface Volume {
    readonly configMap?: { readonly name: string };
}

/** Names of the ConfigMaps that the Collector's pod template mounts. */
async function listMountedConfigMaps(): Promise<string[]> {
    const deployments = await listObjects<Deployment>("deployments", "-l", COLLECTOR_SELECTOR);
    return deployments.flatMap(({ spec }) =>
        spec.template.spec.volumes.flatMap(({ configMap }) => configMap?.name ?? []),
    );
}

describe("Collector crash", () => {
    it("is followed by a restart that accepts telemetry again", async () => {
        const [before] = await listReadyPods("otel-collector");
        await kubectl("delete", "pod", "-n", NAMESPACE, "-l", COLLECTOR_SELECTOR, "--grace-period=0", "--force");
        await eventually(async () => {
            const [after = before] = await listReadyPods("otel-collector");
            assert.notEqual(after, before);
        });
        await assertVerified(stack);
    });
});

describe("interrupted pulumi up", () => {
    /** Starts an update that changes a setting, and kills it as soon as the result of `look` changes. */
    async function killOnceSeen(timeout: string, look: () => Promise<string[]>): Promise<void> {
        const changed = configureTargetStack({ "collector.batch.flushTimeout": timeout });
        const before = await look();
        const update = execa("pulumi", pulumiArgs(changed, ["up", "--yes", "--skip-preview"]), {
            cwd: ROOT,
            env: changed.env,
            reject: false,
            stdio: "ignore",
        });
        try {
            // Not `eventually`, whose pauses may be longer than the update.
            const deadline = createDeadline(CHANGE_TIMEOUT_SECONDS);
            while (isDeepStrictEqual(await look(), before)) {
                assert.ok(deadline.remaining() > 0, `pulumi up changed none of ${before.join(", ")}`);
                await sleep(100);
            }
        } finally {
            update.kill("SIGKILL");
        }
        assert.equal((await update).signal, "SIGKILL");
    }

    it("is resumed by the next one after a ConfigMap was created", async () => {
        const before = await listNames("configmaps");
        await killOnceSeen("4s", () => listNames("configmaps"));

        await unlock(stack);
        await deploy(stack);
        const after = await listNames("configmaps");
        assert.ok(before.every((name) => after.includes(name)));
        // Pulumi may not have recorded an object that it had just created. Deleting the Namespace deletes it.
        const left = after.filter((name) => !before.includes(name));
        assert.ok(left.length <= 1);
        for (const name of left) {
            await kubectl("delete", "configmap", "-n", NAMESPACE, name);
        }
        await assertVerified(stack);
    });

    it("is repaired by the next one after the Deployment was updated", async () => {
        const before = await listMountedConfigMaps();
        await killOnceSeen("5s", listMountedConfigMaps);

        await unlock(stack);
        await deploy(stack);
        assert.deepEqual(await listMountedConfigMaps(), before);
        await assertVerified(stack);
    });
});

describe("nonexistent Collector image", () => {
    const broken = configureTargetStack({
        "images.collector": MISSING_IMAGE,
        // The failing roll-out gets its own ConfigMap.
        "collector.batch.flushTimeout": "3s",
        rolloutTimeout: "20s",
    });
    let configMaps: readonly string[] = [];
    let pods: readonly string[] = [];
    /** Pulumi deletes the old ConfigMap after a rollout that it takes for complete. */
    let noticed = false;

    it("fails the rollout in time and reports why", async () => {
        configMaps = await listNames("configmaps");
        pods = await listReadyPods("otel-collector");
        assert.equal(pods.length, 1);
        const { ok, output: pulumiOutput } = await tryPulumi(broken, ["up", "--yes", "--skip-preview"]);
        // Pulumi's provider may read the status of the previous rollout. `make up` waits for the rollouts after it.
        noticed = !ok;
        const output = ok ? await getRejectionMessage(waitForRollouts(broken)) : pulumiOutput;
        assert.match(output, /otel-collector/);
        assert.match(output, /no-such-tag/);
        assert.match(output, /ErrImagePull|ImagePullBackOff|failed to pull|not found/);
    });

    it("keeps the old pods running, and their configuration if Pulumi noticed the failure", async () => {
        assert.deepEqual(await listReadyPods("otel-collector"), pods);
        const now = await listNames("configmaps");
        assert.ok(!noticed || configMaps.every((name) => now.includes(name)));
        await assertVerified(stack);
    });

    it("is repaired by the previous settings", async () => {
        await pulumiUp(stack);
        assert.deepEqual(await listReadyPods("otel-collector"), pods);
        assert.deepEqual(await listNames("configmaps"), configMaps);
        await assertVerified(stack);
    });
});
