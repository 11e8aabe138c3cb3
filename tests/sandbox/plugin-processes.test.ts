import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endOrphanedPlugins } from "../../sandbox/plugin-processes";
import { findProcesses } from "../../sandbox/processes";
import { removeDirectory, createTemporaryDirectory } from "../support/fake-commands";

/** A program of that name: a copy of the one that waits. */
function copySleep(folder: string, name: string): string {
    const program = path.join(folder, name);
    fs.copyFileSync("/bin/sleep", program);
    return program;
}

describe("endOrphanedPlugins", () => {
    let folder: string;

    beforeEach(() => {
        folder = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(folder);
    });

    const running = (program: string): number => findProcesses(([command]) => command === program).length;

    /** Starts a program whose parent ends at once. */
    const startOrphan = async (program: string): Promise<void> => {
        spawn("sh", ["-c", '"$0" 60 &', program], { stdio: "ignore" });
        while (running(program) === 0) {
            await sleep(20);
        }
    };

    it("ends plugins of its directory without an engine, and no other program", async () => {
        const [plugin, host, other] = ["pulumi-resource-kubernetes", "pulumi-language-nodejs", "jaeger"].map((name) =>
            copySleep(folder, name),
        ) as [string, string, string];
        await Promise.all([plugin, host, other].map(startOrphan));
        endOrphanedPlugins(folder);
        while (running(plugin) + running(host) > 0) {
            await sleep(20);
        }
        assert.equal(running(other), 1);
        findProcesses(([command]) => command === other).forEach((pid) => process.kill(pid));
    });

    it("keeps the plugins of a running engine", async () => {
        const plugin = copySleep(folder, "pulumi-resource-kubernetes");
        const engine = path.join(folder, "pulumi");
        fs.copyFileSync("/bin/bash", engine);
        const child = spawn(engine, ["-c", '"$0" 60; true', plugin], { stdio: "ignore" });
        while (running(plugin) === 0) {
            await sleep(20);
        }
        endOrphanedPlugins(folder);
        await sleep(100);
        assert.equal(running(plugin), 1);
        child.kill();
        findProcesses(([command]) => command === plugin).forEach((pid) => process.kill(pid));
    });
});
