import { createInterface } from "node:readline/promises";
import { SANDBOX_STACK, type Stack } from "../stack/stack";

/** Whether a change requires approval by the user: always, except on the sandbox and when the variable YES is 1. */
export function needsApproval(stack: Stack): boolean {
    return stack.name !== SANDBOX_STACK && process.env.YES !== "1";
}

/** Returns the Pulumi arguments that skip the preview and the prompt when no approval is required. */
export function approvalArgs(stack: Stack): readonly string[] {
    return needsApproval(stack) ? [] : ["--yes", "--skip-preview"];
}

/**
 * Asks the user to approve a change that Pulumi does not ask about.
 *
 * @throws when the user does not approve, or when stdin is not a terminal.
 */
export async function requireApproval(stack: Stack, question: string): Promise<void> {
    if (!needsApproval(stack)) {
        return;
    }
    if (!process.stdin.isTTY) {
        throw new Error(`${question} stdin is not a terminal; set YES=1 to approve`);
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
        if (!/^y(?:es)?$/i.test((await terminal.question(`${question} [yes/no] `)).trim())) {
            throw new Error("canceled: nothing was changed");
        }
    } finally {
        terminal.close();
    }
}
