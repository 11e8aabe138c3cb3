import * as path from "node:path";
import { STATE } from "./directories";
import { commandLine, findProcesses, parentPid } from "./processes";

/**
 * Kills orphaned plugins of the sandbox's Pulumi and their child processes. Plugins do not exit when their `pulumi` is
 * killed, and may use gigabytes of memory. Plugins of a running `pulumi` are kept.
 *
 * @param folder Folder with the programs of the plugins.
 */
export function endOrphanedPlugins(folder: string = STATE): void {
    const orphans = findProcesses(([program = ""]) => isPlugin(program, folder)).filter(
        (pid) => !isPulumi(commandLine(parentPid(pid))),
    );
    for (const pid of orphans.flatMap(findProcessTree)) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // The process has exited already.
        }
    }
}

/** Plugins in other folders belong to the user's Pulumi. */
function isPlugin(program: string, folder: string): boolean {
    return program.startsWith(`${folder}/`) && /^pulumi-(?:language|resource)-/.test(path.basename(program));
}

function isPulumi([program = ""]: readonly string[]): boolean {
    return path.basename(program) === "pulumi";
}

function findProcessTree(pid: number): readonly number[] {
    const children = findProcesses(() => true).filter((other) => parentPid(other) === pid);
    return [pid, ...children.flatMap(findProcessTree)];
}
