import assert from "node:assert/strict";
import { cgroupPath, findProcesses } from "../../../sandbox/processes";

/** The option of nsenter that runs a program in the network of a pod on the sandbox. */
export function resolvePodNetwork({ name, uid }: { readonly name: string; readonly uid: string }): string {
    const [pid] = findProcesses((command) => command.length > 0).filter((found) => cgroupPath(found).includes(uid));
    assert.ok(pid !== undefined, `pod ${name} has no process`);
    return `--net=/proc/${pid}/ns/net`;
}
