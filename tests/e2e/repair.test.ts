import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../sandbox/directories";
import { findProcesses } from "../../sandbox/processes";
import { deploy } from "../../tools/commands/deploy";
import { selectStack } from "../../tools/stack/stack";
import { readState } from "../../tools/stack/state";
import { kubectl, type NamedObject, NAMESPACE } from "./support/cluster";
import { pulumiDestroy, configureTargetStack, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it kills Pulumi, whose lock the commands take back on the sandbox alone");

const stack = configureTargetStack();
const changed = configureTargetStack({ "collector.batch.flushTimeout": "6s" });

/** Seconds after an update created its first object, for ten moments of its stages. */
const TEN_DELAYS_SECONDS = [0, 0.4, 0.8, 1.2, 1.8, 2.4, 3, 4, 5, 6];
/** By default every second one; `make e2e-long` takes all ten. */
const KILLS = Number(process.env.E2E_KILLS ?? 5);
const KILL_DELAYS_SECONDS = TEN_DELAYS_SECONDS.filter((_, index) => index % (TEN_DELAYS_SECONDS.length / KILLS) === 0);
/** Kills that must leave a pending operation. */
const MIN_INTERRUPTED = KILLS / 2;

/** If an update ends before it is killed, the next one starts from scratch. */
const MAX_UPDATES = 3 * KILL_DELAYS_SECONDS.length;

const KINDS = "configmaps,deployments,jobs,secrets,services";

interface StackObject extends NamedObject {
    readonly kind: string;
    readonly metadata: NamedObject["metadata"] & { readonly managedFields: readonly { readonly manager: string }[] };
}

async function listManagedObjects(): Promise<readonly StackObject[]> {
    const selected = ["--namespace", NAMESPACE, "--selector", "app.kubernetes.io/part-of=otel-stack"];
    const list = await kubectl("get", KINDS, ...selected, "--show-managed-fields", "--output=json");
    return (JSON.parse(list) as { items: StackObject[] }).items;
}

async function listUids(): Promise<ReadonlySet<string>> {
    return new Set((await listManagedObjects()).map(({ metadata }) => metadata.uid));
}

/** Ids of the resources in Pulumi's state, and the number of pending operations. */
async function readPulumiState(): Promise<{ readonly ids: readonly string[]; readonly pending: number }> {
    // A kill may have left the state unreadable.
    await selectStack(stack);
    const { resources, pendingOperations } = await readState(stack);
    const ids = resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ id }) => id);
    return { ids: ids.filter((id) => id !== undefined), pending: pendingOperations.length };
}

/** Deploys the stack as `make up` does, in a process that can be killed together with `pulumi`. */
function startDeployment(): ChildProcess {
    const script = `require("./tools/commands/deploy").deploy(${JSON.stringify(stack)})`;
    const args = ["--require", "ts-node/register/transpile-only", "--eval", script];
    return spawn(process.execPath, args, { cwd: ROOT, detached: true, stdio: "ignore" });
}

/** Kills a deployment at a moment. Returns whether it was still running. */
async function killWhen(isMoment: () => Promise<boolean>, delaySeconds = 0): Promise<boolean> {
    const deployment = startDeployment();
    const { pid } = deployment;
    assert.ok(pid !== undefined);
    const ended = once(deployment, "exit");
    const hasEnded = (): boolean => deployment.exitCode !== null;
    while (!hasEnded() && !(await isMoment())) {
        await sleep(50);
    }
    await Promise.race([sleep(delaySeconds * 1000), ended]);
    if (hasEnded()) {
        assert.equal(deployment.exitCode, 0);
        return false;
    }
    process.kill(-pid, "SIGKILL");
    await ended;
    return true;
}

async function killAfterFirstObject(delaySeconds: number): Promise<boolean> {
    const before = await listUids();
    const createsObject = async (): Promise<boolean> => [...(await listUids())].some((uid) => !before.has(uid));
    return killWhen(createsObject, delaySeconds);
}

function isRepairing(): Promise<boolean> {
    const repairs = findProcesses((command) => command[0] === "pulumi" && command.includes("--clear-pending-creates"));
    return Promise.resolve(repairs.length > 0);
}

describe("interrupted first pulumi up", () => {
    before(() => pulumiDestroy(stack));

    it("is repaired by the next up, which may be killed too, at moments of all stages", async () => {
        let [killed, updates, interrupted] = [0, 0, 0];
        for (; killed < KILL_DELAYS_SECONDS.length; updates++) {
            assert.ok(updates < MAX_UPDATES, `only ${killed} of ${updates} updates were killed in time`);
            if (await killAfterFirstObject(KILL_DELAYS_SECONDS[killed] ?? 0)) {
                killed++;
                interrupted += Number((await readPulumiState()).pending > 0);
            } else {
                await pulumiDestroy(stack);
            }
        }
        assert.ok(interrupted >= MIN_INTERRUPTED, `only ${interrupted} left a pending operation`);
    });

    it("is repaired by the next up after a killed repair", async () => {
        await destroyWhole();
        assert.ok(await killAfterFirstObject(0.5));
        assert.ok((await readPulumiState()).pending > 0);
        assert.ok(await killWhen(isRepairing));
        assert.ok((await readPulumiState()).pending > 0);
        await deploy(stack);
        assert.equal((await readPulumiState()).pending, 0);
    });

    it("is repaired by the next up when it is killed while it creates the Namespace", async () => {
        await destroyWhole();
        const listsNamespace = async (): Promise<boolean> =>
            (await kubectl("get", "namespace", NAMESPACE, "--ignore-not-found", "--output=name")) !== "";
        assert.ok(await killWhen(listsNamespace));
        await deploy(stack);
        assert.equal((await readPulumiState()).pending, 0);
    });

    it("leaves each object in the state with one field manager of Pulumi", async () => {
        const present = await listManagedObjects();
        const { ids } = await readPulumiState();
        const unknown = present.filter(({ metadata }) => !ids.includes(`${NAMESPACE}/${metadata.name}`));
        assert.deepEqual(
            unknown.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
            [],
        );
        for (const { kind, metadata } of present) {
            const managers = metadata.managedFields.map(({ manager }) => manager);
            const ofPulumi = new Set(managers.filter((manager) => manager.startsWith("pulumi-kubernetes")));
            assert.equal(ofPulumi.size, 1, `${kind}/${metadata.name}: ${managers.join(", ")}`);
        }
    });

    it("leaves a stack that can be changed and passes verify", async () => {
        await pulumiUp(changed);
        await pulumiUp(stack);
        await assertVerified(stack);
    });

    /** Repairs the state of a killed update first, because `pulumi destroy` deletes only what the state contains. */
    async function destroyWhole(): Promise<void> {
        await deploy(stack);
        await pulumiDestroy(stack);
    }
});
