import * as fs from "node:fs";
import * as path from "node:path";

/** Returns the ids of all processes whose command line matches. */
export function findProcesses(matches: (command: readonly string[]) => boolean): number[] {
    return fs
        .readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .map(Number)
        .filter((pid) => matches(commandLine(pid)));
}

/** Returns the ids of the child processes that the main thread of a process started. */
export function childPids(pid: number): number[] {
    return readProcess(pid, "task", String(pid), "children").split(" ").filter(Boolean).map(Number);
}

/** Returns the id of the parent process, or 0 when the process has exited. */
export function parentPid(pid: number): number {
    return Number(/^PPid:\s*(\d+)$/m.exec(readProcess(pid, "status"))?.[1] ?? 0);
}

/** Whether a process has exited. True for a zombie process. */
export function isExited(pid: number): boolean {
    const stat = readProcess(pid, "stat");
    // The second field, the program name, may contain any character.
    return stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/** Returns the command line of a process. Empty when it has exited, and for a zombie process. */
export function commandLine(pid: number): string[] {
    return readProcess(pid, "cmdline").split("\0").slice(0, -1);
}

/** Returns the cgroup path of a process, which contains the id of its pod. Empty when the process has exited. */
export function cgroupPath(pid: number): string {
    return readProcess(pid, "cgroup");
}

/** Reads a file in the /proc folder of a process. Returns an empty string when the process has exited. */
function readProcess(pid: number, ...file: readonly string[]): string {
    try {
        return fs.readFileSync(path.join("/proc", String(pid), ...file), "utf8");
    } catch {
        return "";
    }
}
