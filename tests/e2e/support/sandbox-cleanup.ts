import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { stopSandbox } from "../../../sandbox/cluster";
import { STATE } from "../../../sandbox/directories";
import { ADDRESS_RANGE } from "../../../sandbox/routes";

/** Deletes the sandbox, and asserts that nothing is left. */
export async function assertSandboxRemoved(): Promise<void> {
    const { stdout: unshares } = await execa("pgrep", ["--full", `^unshare .*${STATE}`]);
    const namespaces = unshares.split("\n").map((unshare) => fs.readlinkSync(`/proc/${unshare}/ns/pid_for_children`));
    const left = (): string[] => namespaces.flatMap(listProcesses);
    assert.ok(namespaces.every((namespace) => listProcesses(namespace).length > 1));
    await stopSandbox();
    // The machine's init process reaps the orphaned init processes of the nodes with a delay.
    for (let look = 0; look < 50 && left().length > 0; look++) {
        await sleep(100);
    }
    assert.deepEqual(left(), []);
    assert.equal(fs.existsSync(STATE), false);
    assert.doesNotMatch(fs.readFileSync("/proc/self/mounts", "utf8"), /otel-stack-sandbox/);
    const { stdout: loops } = await execa("losetup", ["--all"]);
    assert.doesNotMatch(loops, /otel-stack-sandbox/);
    const { stdout: links } = await execa("ip", ["link"]);
    assert.doesNotMatch(links, /otel-sandbox0/);
    const { stdout: routes } = await execa("ip", ["route"]);
    assert.ok(!routes.includes(ADDRESS_RANGE), routes);
    const { stdout: cgroups } = await execa("find", ["/sys/fs/cgroup", "-name", "*otel-stack*"]);
    assert.equal(cgroups, "");
}

function listProcesses(pidNamespace: string): string[] {
    return fs.readdirSync("/proc").filter((entry) => {
        try {
            return fs.readlinkSync(`/proc/${entry}/ns/pid`) === pidNamespace;
        } catch {
            // The process does not exist, or has just exited.
            return false;
        }
    });
}
