import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isHealthy, isRunning, stopNode } from "../../sandbox/cluster";
import { ROOT } from "../../sandbox/paths";
import { childrenOf, commandOf, findProcesses } from "../../sandbox/processes";
import { sandboxUp } from "../../sandbox/up";
import { kubectl } from "./support/cluster";
import { eventually } from "./support/questions";
import { assertLeavesNothing } from "./support/removal";
import { needsSandbox } from "./support/target";

needsSandbox("it interrupts the start of the sandbox");

/** What `make up` does first, without its lock, which this process holds. */
const UP = 'require("ts-node/register/transpile-only"); require("./sandbox/up").sandboxUp();';

/** Moments of a start: the command that it runs then. */
const MOMENTS = {
    "its keys are made": /^openssl /,
    "its node starts": /^unshare /,
    "an image is loaded": /^\S+\/ctr .* import /,
    "its pods are waited for": /^kubectl rollout /,
} as const;

/** Starts the sandbox, and interrupts that at a moment. */
async function interrupt(moment: keyof typeof MOMENTS, how: "Ctrl-C" | "SIGKILL"): Promise<void> {
    const start = spawn(process.execPath, ["-e", UP], { cwd: ROOT, detached: true, stdio: "ignore" });
    const ended = once(start, "exit");
    assert.ok(start.pid !== undefined);
    while (!childrenOf(start.pid).some((child) => MOMENTS[moment].test(commandOf(child).join(" ")))) {
        assert.equal(start.exitCode, null, "the start has ended before");
        await sleep(5);
    }
    // Ctrl-C reaches all that the terminal runs; SIGKILL leaves the commands alone that the process has started.
    process.kill(how === "Ctrl-C" ? -start.pid : start.pid, how === "Ctrl-C" ? "SIGINT" : "SIGKILL");
    await ended;
}

describe("a start that was interrupted", () => {
    before(stopNode);
    it("leaves nothing after the sandbox's end", async () => {
        await interrupt("an image is loaded", "Ctrl-C");
        await assertLeavesNothing();
    });

    for (const moment of Object.keys(MOMENTS) as (keyof typeof MOMENTS)[]) {
        for (const how of ["Ctrl-C", "SIGKILL"] as const) {
            it(`can be followed by another one: ${how} when ${moment}`, async () => {
                await interrupt(moment, how);
                assert.equal(await isHealthy(), false);
            });
        }
    }

    it("comes to a whole sandbox when it may", async () => {
        await sandboxUp();
        assert.ok(await isHealthy());
        await eventually(async () => {
            const pods = await kubectl("get", "pods", "--all-namespaces");
            assert.match(pods, /coredns.* 1\/1 .*\n.*metrics-server.* 1\/1 /);
        });
    });

    it("ends whole when the engine of its policies ends", async () => {
        const [engine] = findProcesses(([program]) => program === "network-policies");
        assert.ok(engine !== undefined);
        process.kill(engine, "SIGKILL");
        await eventually(async () => {
            assert.equal(isRunning(), false);
            await Promise.resolve();
        });
        await stopNode();
    });
});
