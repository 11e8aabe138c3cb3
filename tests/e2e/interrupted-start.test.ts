import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isHealthy, isRunning, stopSandbox } from "../../sandbox/cluster";
import { ROOT } from "../../sandbox/directories";
import { childPids, commandLine, findProcesses } from "../../sandbox/processes";
import { ensureSandbox } from "../../sandbox/start";
import { kubectl } from "./support/cluster";
import { eventually } from "./support/query-assertions";
import { assertSandboxRemoved } from "./support/sandbox-cleanup";
import { needsSandbox } from "./support/target";

needsSandbox("it interrupts the start of the sandbox");

/** The first step of `make up`, without its lock, which this process holds. */
const START_SCRIPT = 'require("ts-node/register/transpile-only"); require("./sandbox/start").ensureSandbox();';

/** The command that runs at each moment of a start. */
const INTERRUPT_MOMENTS = {
    "its keys are created": /^openssl /,
    "its node starts": /^unshare /,
    "an image is loaded": /^\S+\/ctr .* import /,
    "its pods are awaited": /^kubectl rollout /,
} as const;

/** Starts the sandbox and interrupts the start at a moment. */
async function interrupt(moment: keyof typeof INTERRUPT_MOMENTS, how: "Ctrl-C" | "SIGKILL"): Promise<void> {
    const start = spawn(process.execPath, ["-e", START_SCRIPT], { cwd: ROOT, detached: true, stdio: "ignore" });
    const ended = once(start, "exit");
    assert.ok(start.pid !== undefined);
    while (!childPids(start.pid).some((child) => INTERRUPT_MOMENTS[moment].test(commandLine(child).join(" ")))) {
        assert.equal(start.exitCode, null, "the start has ended before");
        await sleep(5);
    }
    // Ctrl-C reaches the whole process group of the terminal. SIGKILL does not reach the commands that the process has
    // started.
    process.kill(how === "Ctrl-C" ? -start.pid : start.pid, how === "Ctrl-C" ? "SIGINT" : "SIGKILL");
    await ended;
}

describe("interrupted sandbox start", () => {
    before(stopSandbox);
    it("leaves nothing after make down", async () => {
        await interrupt("an image is loaded", "Ctrl-C");
        await assertSandboxRemoved();
    });

    for (const moment of Object.keys(INTERRUPT_MOMENTS) as (keyof typeof INTERRUPT_MOMENTS)[]) {
        for (const how of ["Ctrl-C", "SIGKILL"] as const) {
            it(`can be followed by another start: ${how} when ${moment}`, async () => {
                await interrupt(moment, how);
                assert.equal(await isHealthy(), false);
            });
        }
    }

    it("is completed by the next uninterrupted start", async () => {
        await ensureSandbox();
        assert.ok(await isHealthy());
        await eventually(async () => {
            const pods = await kubectl("get", "pods", "--all-namespaces");
            assert.match(pods, /coredns.* 1\/1 .*\n.*metrics-server.* 1\/1 /);
        });
    });

    it("ends the whole sandbox when its network-policy engine ends", async () => {
        const [engine] = findProcesses(([program]) => program === "network-policies");
        assert.ok(engine !== undefined);
        process.kill(engine, "SIGKILL");
        await eventually(async () => {
            assert.equal(isRunning(), false);
            await Promise.resolve();
        });
        await stopSandbox();
    });
});
