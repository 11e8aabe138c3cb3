import assert from "node:assert/strict";
import { cgroupPath, findProcesses } from "../../../sandbox/processes";

/** The processes of a pod on the sandbox whose command is accepted. */
export function findPodProcesses(uid: string, accepts: (command: readonly string[]) => boolean): readonly number[] {
    return findProcesses(accepts).filter((pid) => cgroupPath(pid).includes(uid));
}

/** The option of nsenter that runs a program in the network of a pod on the sandbox. */
export function resolvePodNetwork({ name, uid }: { readonly name: string; readonly uid: string }): string {
    const [pid] = findPodProcesses(uid, (command) => command.length > 0);
    assert.ok(pid !== undefined, `pod ${name} has no process`);
    return `--net=/proc/${pid}/ns/net`;
}
