import * as path from "node:path";
import { STATE } from "./directories";
import { commandLine, findProcesses, parentPid } from "./processes";

/**
 * Ends the plugins of a `pulumi` of the sandbox that was killed, and the programs that they run: nobody else ends them,
 * and one of them may grow by gigabytes. Plugins of a `pulumi` that runs are left alone.
 *
 * @param folder Holds the programs of the plugins.
 */
export function endOrphanedPlugins(folder: string = STATE): void {
    const orphans = findProcesses(([program = ""]) => isPlugin(program, folder)).filter(
        (pid) => !isPulumi(commandLine(parentPid(pid))),
    );
    for (const pid of orphans.flatMap(findProcessTree)) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It has ended meanwhile.
        }
    }
}

/** A plugin of another folder belongs to the user's own Pulumi. */
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
