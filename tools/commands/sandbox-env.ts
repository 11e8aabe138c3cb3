import { isRunning } from "../../sandbox/cluster";
import { sandboxEnv } from "../../sandbox/environment";
import { isSandbox } from "../stack/cluster";
import type { Stack } from "../stack/stack";

/** Prints what points a shell's kubectl and pulumi at the sandbox. */
export function printSandboxEnv(stack: Stack, running: boolean = isRunning()): Promise<void> {
    if (!isSandbox(stack)) {
        throw new Error("only the sandbox has variables of its own; other stacks live where kubectl points");
    }
    if (!running) {
        throw new Error("no sandbox runs; start it with 'make up'");
    }
    for (const [name, value] of Object.entries(sandboxEnv())) {
        console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
    }
    return Promise.resolve();
}
