import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { removeDirectory, createTemporaryDirectory, runWithPath } from "../support/fake-commands";

/** Locks the file of its argument, starts a process that keeps running after it, as the node does after `make up`, and stays. */
const HOLDER = `
require("ts-node/register/transpile-only");
require(${JSON.stringify(require.resolve("../../sandbox/lock"))}).lockSandbox(process.argv[1]);
const child = require("node:child_process").spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
child.unref();
console.log(child.pid);
setInterval(() => undefined, 1000);`;

describe("lockSandbox", () => {
    let work: string;
    let lock: string;
    let holder: ChildProcess | undefined;
    let grandchild = 0;

    const hold = async (): Promise<number> => {
        holder = spawn(process.execPath, ["-e", HOLDER, lock], { stdio: ["ignore", "pipe", "inherit"] });
        assert.ok(holder.stdout && holder.pid !== undefined);
        const [pid] = (await once(holder.stdout, "data")) as [Buffer];
        grandchild = Number(pid.toString());
        return holder.pid;
    };

    beforeEach(() => {
        work = createTemporaryDirectory();
        lock = path.join(work, "run/lock/otel-stack.lock");
    });

    afterEach(() => {
        holder?.kill("SIGKILL");
        if (grandchild > 0) {
            process.kill(grandchild, "SIGKILL");
        }
        [holder, grandchild] = [undefined, 0];
        removeDirectory(work);
    });

    it("rejects a second process and names the holder, until the holder is killed", async () => {
        const pid = await hold();
        const refusal = new RegExp(`^another command \\(process ${pid}\\) is using the sandbox; wait until it ends`);
        const refused = (): void => {
            assert.throws(
                () => {
                    lockSandbox(lock);
                },
                ({ message }: Error) => refusal.test(message),
            );
        };
        refused();
        refused();

        assert.ok(holder);
        holder.kill("SIGKILL");
        await once(holder, "exit");
        assert.ok(fs.existsSync(`/proc/${grandchild}`), "what the holder started still runs");
        lockSandbox(lock);
        assert.equal(fs.readFileSync(lock, "utf8"), String(process.pid));
    }).timeout(10_000);

    it("creates the directory and is reentrant", () => {
        lockSandbox(lock);
        lockSandbox(lock);
        assert.equal(fs.readFileSync(lock, "utf8"), String(process.pid));
    });

    it("releases the lock when unlocked", async () => {
        lockSandbox(lock);
        unlockSandbox(lock);
        const pid = await hold();
        assert.equal(fs.readFileSync(lock, "utf8"), String(pid));
    }).timeout(10_000);

    it("replaces the longer process id of an earlier holder", () => {
        fs.mkdirSync(path.dirname(lock), { recursive: true });
        fs.writeFileSync(lock, "999999999");
        lockSandbox(lock);
        assert.equal(fs.readFileSync(lock, "utf8"), String(process.pid));
    });

    it("reports a missing flock command", async () => {
        const locking = runWithPath(work, () =>
            Promise.resolve().then(() => {
                lockSandbox(lock);
            }),
        );
        await assert.rejects(locking, /the command 'flock' is missing.*util-linux/);
    });
});
