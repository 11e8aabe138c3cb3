import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { LOCK } from "./directories";

/** Files that are held, and what they are open as. */
const held = new Map<string, number>();

/**
 * Makes this process the only one that changes the sandbox, until it ends, however it ends.
 *
 * @throws where another process is at it, with its process id.
 */
export function lockSandbox(lock: string = LOCK): void {
    if (held.has(lock)) {
        return;
    }
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    const file = fs.openSync(lock, "a+");
    // flock(2) locks the open file, which this process shares with the `flock` that it starts, and keeps after it.
    const { status, error } = spawnSync("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "inherit", file] });
    if (error) {
        fs.closeSync(file);
        throw new Error("the command 'flock' is missing. Install it (Debian's package: util-linux).");
    }
    if (status !== 0) {
        fs.closeSync(file);
        const holder = fs.readFileSync(lock, "utf8").trim();
        throw new Error(`another command (process ${holder}) is changing the sandbox; wait for it or end it`);
    }
    fs.ftruncateSync(file);
    fs.writeSync(file, String(process.pid));
    held.set(lock, file);
}

/** Lets other processes change the sandbox again, while this one goes on. */
export function unlockSandbox(lock: string = LOCK): void {
    const file = held.get(lock);
    if (file !== undefined) {
        fs.closeSync(file);
        held.delete(lock);
    }
}
