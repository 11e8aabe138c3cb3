import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { LOCK } from "./paths";

let held = false;

/**
 * Makes this process the only one that changes the sandbox, until it ends, however it ends.
 *
 * @throws where another process is at it, with its process id.
 */
export function lockSandbox(): void {
    if (held) {
        return;
    }
    fs.mkdirSync(path.dirname(LOCK), { recursive: true });
    const file = fs.openSync(LOCK, "a+");
    // flock(2) locks the open file, which this process shares with the `flock` that it starts, and keeps after it.
    const { status } = spawnSync("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "inherit", file] });
    if (status !== 0) {
        const holder = fs.readFileSync(LOCK, "utf8").trim();
        throw new Error(`another command (process ${holder}) is changing the sandbox; wait for it or end it`);
    }
    fs.ftruncateSync(file);
    fs.writeSync(file, String(process.pid));
    held = true;
}
