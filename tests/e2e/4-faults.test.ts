import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { ROOT } from "../../sandbox/paths";
import { deploy } from "../../tools/deploy";
import { argumentsFor } from "../../tools/stack";
import { deadlineIn } from "../../tools/verify/timing";
import { get, kubectl, type Named, namesOf, NAMESPACE } from "./support/cluster";
import { readyPods } from "./support/collectors";
import { eventually } from "./support/questions";
import { targetStack, tryPulumi, unlock, up, verifyHolds } from "./support/stack";

const COLLECTOR = "app.kubernetes.io/name=otel-collector";
/** Time for an update to show its first change in the cluster. */
const SEEN_WITHIN_SECONDS = 120;
const NO_SUCH_IMAGE = "localhost/otelcol-contrib:no-such-tag";

const stack = targetStack();

interface Deployment extends Named {
    readonly spec: { readonly template: { readonly spec: { readonly volumes: readonly Volume[] } } };
}

interface Volume {
    readonly configMap?: { readonly name: string };
}

/** Names of the ConfigMaps that the Collector's pods are to mount. */
async function wantedConfigMaps(): Promise<string[]> {
    const deployments = await get<Deployment>("deployments", "-l", COLLECTOR);
    return deployments.flatMap(({ spec }) =>
        spec.template.spec.volumes.flatMap(({ configMap }) => configMap?.name ?? []),
    );
}

describe("a killed collector", () => {
    it("comes back and takes telemetry again", async () => {
        const [before] = await readyPods("otel-collector");
        await kubectl("delete", "pod", "-n", NAMESPACE, "-l", COLLECTOR, "--grace-period=0", "--force");
        await eventually(async () => {
            const [after = before] = await readyPods("otel-collector");
            assert.notEqual(after, before);
        });
        await verifyHolds(stack);
    });
});

describe("an up that is killed", () => {
    /** Starts one that changes a setting, and kills it as soon as what it did shows in the names that are looked at. */
    async function killOnceSeen(timeout: string, look: () => Promise<string[]>): Promise<void> {
        const changed = targetStack({ "collector.batch.timeout": timeout });
        const before = await look();
        const update = execa("pulumi", argumentsFor(changed, ["up", "--yes", "--skip-preview"]), {
            cwd: ROOT,
            env: changed.env,
            reject: false,
            stdio: "ignore",
        });
        try {
            // Not `eventually`, whose pauses may outlast the update.
            const deadline = deadlineIn(SEEN_WITHIN_SECONDS);
            while (isDeepStrictEqual(await look(), before)) {
                assert.ok(deadline.remaining() > 0, `pulumi up changed none of ${before.join(", ")}`);
                await sleep(100);
            }
        } finally {
            update.kill("SIGKILL");
        }
        assert.equal((await update).signal, "SIGKILL");
    }

    it("with a ConfigMap created is taken up again by the next one", async () => {
        const before = await namesOf("configmaps");
        await killOnceSeen("4s", () => namesOf("configmaps"));

        await unlock(stack);
        await deploy(stack);
        const after = await namesOf("configmaps");
        assert.ok(before.every((name) => after.includes(name)));
        // Pulumi may not have come to write down what it had just created; that goes with the Namespace.
        const left = after.filter((name) => !before.includes(name));
        assert.ok(left.length <= 1);
        for (const name of left) {
            await kubectl("delete", "configmap", "-n", NAMESPACE, name);
        }
        await verifyHolds(stack);
    });

    it("with the Deployment changed is undone by the next one", async () => {
        const before = await wantedConfigMaps();
        await killOnceSeen("5s", wantedConfigMaps);

        await unlock(stack);
        await deploy(stack);
        assert.deepEqual(await wantedConfigMaps(), before);
        await verifyHolds(stack);
    });
});

describe("a collector image that does not exist", () => {
    const broken = targetStack({
        "images.collector": NO_SUCH_IMAGE,
        // So that the roll-out that fails has a ConfigMap of its own.
        "collector.batch.timeout": "3s",
        rolloutTimeout: "20s",
    });
    let configMaps: readonly string[] = [];
    let pods: readonly string[] = [];

    it("fails the roll-out in time and says why", async () => {
        configMaps = await namesOf("configmaps");
        pods = await readyPods("otel-collector");
        assert.equal(pods.length, 1);
        const { ok, output } = await tryPulumi(broken, ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /otel-collector/);
        assert.match(output, /no-such-tag/);
        assert.match(output, /ErrImagePull|ImagePullBackOff|failed to pull|not found/);
    });

    it("leaves the pods and the configuration of before at work", async () => {
        assert.deepEqual(await readyPods("otel-collector"), pods);
        const now = await namesOf("configmaps");
        assert.ok(configMaps.every((name) => now.includes(name)));
        await verifyHolds(stack);
    });

    it("is undone by the settings of before", async () => {
        await up(stack);
        assert.deepEqual(await readyPods("otel-collector"), pods);
        assert.deepEqual(await namesOf("configmaps"), configMaps);
        await verifyHolds(stack);
    });
});
