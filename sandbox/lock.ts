import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { LOCK } from "./directories";

/** File descriptor of each lock file that this process holds. */
const held = new Map<string, number>();

/**
 * Locks the sandbox until this process exits.
 *
 * @throws when another process holds the lock, with its process id.
 */
export function lockSandbox(lock: string = LOCK): void {
    if (held.has(lock)) {
        return;
    }
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    const file = fs.openSync(lock, "a+");
    // flock(2) locks the open file description. This process shares it with `flock`, and keeps it after `flock` exits.
    const { status, error } = spawnSync("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "inherit", file] });
    if (error) {
        fs.closeSync(file);
        throw new Error("the command 'flock' is missing. Install it (Debian's package: util-linux).");
    }
    if (status !== 0) {
        fs.closeSync(file);
        const holder = fs.readFileSync(lock, "utf8").trim();
        throw new Error(`another command (process ${holder}) is using the sandbox; wait until it ends, or stop it`);
    }
    fs.ftruncateSync(file);
    fs.writeSync(file, String(process.pid));
    held.set(lock, file);
}

/** Releases the lock before this process exits. */
export function unlockSandbox(lock: string = LOCK): void {
    const file = held.get(lock);
    if (file !== undefined) {
        fs.closeSync(file);
        held.delete(lock);
    }
}
