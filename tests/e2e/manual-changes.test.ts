import assert from "node:assert/strict";
import { deploy } from "../../tools/commands/deploy";
import { kubectl, NAMESPACE } from "./support/cluster";
import { listReadyPods } from "./support/collector-pods";
import { eventually } from "./support/query-assertions";
import { configureTargetStack, pulumiUp, tryPulumi } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it deletes pods and their data");

const stack = configureTargetStack();
/** Changes every workload and no pod template. */
const changed = configureTargetStack({ rolloutTimeout: "3m" });

const READY_TIMEOUT_SECONDS = 60;

async function readField(workload: string, jsonPath: string): Promise<string> {
    return kubectl("get", workload, "--namespace", NAMESPACE, `--output=jsonpath={${jsonPath}}`);
}

/** Waits for the rollout, because an update also sets all fields of a workload that is not ready. */
async function setEnv(variable: string): Promise<void> {
    const workload = ["deployment/otel-collector", "--namespace", NAMESPACE];
    await kubectl("set", "env", ...workload, variable);
    await kubectl("rollout", "status", ...workload, "--timeout=120s");
}

async function assertOnePod(name: string, before: readonly string[]): Promise<readonly string[]> {
    return eventually(async () => {
        const pods = await listReadyPods(name);
        assert.equal(pods.length, 1);
        assert.notDeepEqual(pods, before);
        return pods;
    }, READY_TIMEOUT_SECONDS);
}

async function assertUpChangesNothing(): Promise<void> {
    const { ok, output } = await tryPulumi(stack, ["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    assert.ok(ok, output);
}

describe("manual change", () => {
    before(() => pulumiUp(stack));

    after(() => deploy(stack));

    it("of the number of pods is kept by pulumi up and reverted by make up", async () => {
        await kubectl("scale", "deployment/victorialogs", "--namespace", NAMESPACE, "--replicas=0");
        await assertUpChangesNothing();
        assert.equal(await readField("deployment/victorialogs", ".spec.replicas"), "0");
        await deploy(stack);
        assert.equal(await readField("deployment/victorialogs", ".status.readyReplicas"), "1");
    });

    it("of a set field fails neither preview nor up, and is reverted with the next change", async () => {
        const patch = ["--patch", JSON.stringify({ spec: { progressDeadlineSeconds: 77 } })];
        for (const manager of ["kubectl-edit", "someone"]) {
            await kubectl(
                ...[
                    "patch",
                    "deployment/victorialogs",
                    "--namespace",
                    NAMESPACE,
                    `--field-manager=${manager}`,
                    ...patch,
                ],
            );
            await assertUpChangesNothing();
            for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
                const { ok, output } = await tryPulumi(changed, command);
                assert.ok(ok, output);
            }
            assert.equal(await readField("deployment/victorialogs", ".spec.progressDeadlineSeconds"), "180");
            await pulumiUp(stack);
        }
    });

    it("of a set environment variable is reverted by make up", async () => {
        const value = `.spec.template.spec.containers[*].env[?(@.name=="GOMEMLIMIT")].value`;
        const before = await readField("deployment/otel-collector", value);
        await setEnv("GOMEMLIMIT=150MiB");
        assert.equal(await readField("deployment/otel-collector", value), "150MiB");
        await deploy(stack);
        assert.equal(await readField("deployment/otel-collector", value), before);
    });

    it("of an unset environment variable is kept by make up and removed with the next change", async () => {
        const names = ".spec.template.spec.containers[*].env[*].name";
        await setEnv("MANUAL=1");
        await deploy(stack);
        assert.match(await readField("deployment/otel-collector", names), /MANUAL/);
        await pulumiUp(changed);
        assert.doesNotMatch(await readField("deployment/otel-collector", names), /MANUAL/);
    });
});

describe("restart", () => {
    before(() => pulumiUp(stack));

    after(() => pulumiUp(stack));

    it("by deletion of a pod is not repeated by a later update", async () => {
        const before = await listReadyPods("jaeger");
        const selector = "--selector=app.kubernetes.io/name=jaeger";
        await kubectl("delete", "pod", "--namespace", NAMESPACE, selector);
        const restarted = await assertOnePod("jaeger", before);
        await deploy(stack);
        await pulumiUp(changed);
        assert.deepEqual(await listReadyPods("jaeger"), restarted);
    });

    it("by a rollout with another field manager is not repeated by a later update", async () => {
        const before = await listReadyPods("otel-collector");
        const workload = ["deployment/otel-collector", "--namespace", NAMESPACE];
        await kubectl("rollout", "restart", ...workload, "--field-manager=restart");
        await kubectl("rollout", "status", ...workload, "--timeout=120s");
        const restarted = await assertOnePod("otel-collector", before);
        await pulumiUp(stack);
        await deploy(stack);
        assert.deepEqual(await listReadyPods("otel-collector"), restarted);
    });
});
