import { isRunning } from "../../sandbox/cluster";
import { sandboxEnv } from "../../sandbox/environment";
import { isSandbox } from "../stack/cluster";
import type { Stack } from "../stack/stack";

/**
 * Prints the shell variables that point kubectl and pulumi at the sandbox.
 *
 * @throws when the stack is not on the sandbox, or when no sandbox is running.
 */
export function printSandboxEnv(stack: Stack, running: boolean = isRunning()): Promise<void> {
    if (!isSandbox(stack)) {
        throw new Error("this command works only for stack sandbox; other stacks use the current kubectl context");
    }
    if (!running) {
        throw new Error("no sandbox is running; start it with 'make up'");
    }
    for (const [name, value] of Object.entries(sandboxEnv())) {
        console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
    }
    return Promise.resolve();
}
