import { createInterface } from "node:readline/promises";
import { SANDBOX_STACK, type Stack } from "../stack/stack";

/** Whether the user has to agree to a change: not on the sandbox, and not when the variable YES is 1. */
export function needsApproval(stack: Stack): boolean {
    return stack.name !== SANDBOX_STACK && process.env.YES !== "1";
}

/** Arguments of a Pulumi command that changes something: without them Pulumi shows a preview and asks. */
export function approvalArgs(stack: Stack): readonly string[] {
    return needsApproval(stack) ? [] : ["--yes", "--skip-preview"];
}

/**
 * Asks the user to agree to a change that Pulumi does not ask for.
 *
 * @throws when the user does not agree, or when there is no terminal to ask on.
 */
export async function requireApproval(stack: Stack, question: string): Promise<void> {
    if (!needsApproval(stack)) {
        return;
    }
    if (!process.stdin.isTTY) {
        throw new Error(`${question} There is no terminal to ask on; set YES=1 to agree`);
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
        if (!/^y(?:es)?$/i.test((await terminal.question(`${question} [yes/no] `)).trim())) {
            throw new Error("stopped: nothing was changed");
        }
    } finally {
        terminal.close();
    }
}
