import { SANDBOX_STACK, resolveStack } from "../../../tools/stack/stack";

/** Names the stack whose cluster the files run on. `make e2e STACK=NAME` sets it. */
const STACK_VARIABLE = "E2E_STACK";

/**
 * The stack whose cluster the files run on: the sandbox's, the one that the stack file names, or kubectl's current one.
 */
export const TARGET = resolveStack(process.env[STACK_VARIABLE] ?? SANDBOX_STACK);
export const ON_SANDBOX = TARGET.name === SANDBOX_STACK;

/** Declares, at the top of a file, that it runs only on the sandbox. `make e2e STACK=NAME` lists it with the reason. */
export function needsSandbox(why: string): void {
    if (!ON_SANDBOX) {
        throw new Error(`this file needs the sandbox: ${why}`);
    }
}

/** Set to 2 by `make e2e-long`: a run of all files includes those that need a second node. */
export const NODES_VARIABLE = "E2E_NODES";

/**
 * Declares, at the top of a file, that it starts a sandbox of two nodes. `make e2e` runs it only by name, and otherwise
 * lists it with the reason.
 */
export function needsTwoNodes(why: string): void {
    needsSandbox(why);
}

/**
 * Declares, at the top of a file, that it measures for long on the sandbox. `make e2e` runs it only by name, and
 * otherwise lists it with the reason; `make e2e-long` runs it.
 */
export function needsLongRun(why: string): void {
    needsSandbox(why);
}

/** Declares, at the top of a file, that it cannot run on the sandbox. `make e2e` lists it with the reason. */
export function needsOwnCluster(why: string): void {
    if (ON_SANDBOX) {
        throw new Error(`this file needs another cluster than the sandbox: ${why}`);
    }
}
