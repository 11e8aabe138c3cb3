import * as fs from "node:fs";
import * as path from "node:path";

/** Process ids of those whose command line matches: program and arguments. */
export function findProcesses(matches: (command: readonly string[]) => boolean): number[] {
    return fs
        .readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .map(Number)
        .filter((pid) => matches(commandLine(pid)));
}

/** Process ids of those that a process has started by its first thread. */
export function childPids(pid: number): number[] {
    return readProcess(pid, "task", String(pid), "children").split(" ").filter(Boolean).map(Number);
}

/** Process id of the parent; 0 when the process has ended. */
export function parentPid(pid: number): number {
    return Number(/^PPid:\s*(\d+)$/m.exec(readProcess(pid, "status"))?.[1] ?? 0);
}

/** Whether nothing is left of a process, but perhaps its entry for a parent that does not ask. */
export function isExited(pid: number): boolean {
    const stat = readProcess(pid, "stat");
    // The second field, the program's name, may hold anything.
    return stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/** Command line of a process; empty when it has ended, be it unseen by its parent. */
export function commandLine(pid: number): string[] {
    return readProcess(pid, "cmdline").split("\0").slice(0, -1);
}

/** The control group of a process, whose path names the pod that it is of; empty when it has ended. */
export function cgroupPath(pid: number): string {
    return readProcess(pid, "cgroup");
}

/** What /proc says of a process; nothing of one that has ended. */
function readProcess(pid: number, ...file: readonly string[]): string {
    try {
        return fs.readFileSync(path.join("/proc", String(pid), ...file), "utf8");
    } catch {
        return "";
    }
}
