import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { STATE } from "../sandbox/paths";
import { findProcesses, hasEnded } from "../sandbox/processes";
import { pulumi, pulumiOutput, SANDBOX_STACK, selectStack, type Stack } from "./stack";

/** What index.ts exports for people; a stack that was destroyed has nothing of it. */
interface WhereToLook {
    readonly portForwards: Readonly<Record<string, { readonly command: string; readonly url: string }>>;
    readonly application: Readonly<Record<string, string>>;
    readonly published?: Readonly<Record<string, string>>;
    readonly guard?: { readonly environment: Readonly<Record<string, string>> };
}

/**
 * `pulumi up` without questions. What the one before was killed in the middle of is looked up in the cluster first: its
 * state says nothing of what was done to that object, which would so stay as it is, unlike its settings.
 */
export async function deploy(stack: Stack): Promise<void> {
    await selectStack(stack);
    await clearLock(stack);
    const interrupted = await wasInterrupted(stack);
    await pulumi(stack, ["up", "--yes", "--skip-preview", "--suppress-outputs", ...(interrupted ? ["--refresh"] : [])]);
}

async function wasInterrupted(stack: Stack): Promise<boolean> {
    const state = JSON.parse(await pulumiOutput(stack, ["stack", "export"])) as {
        readonly deployment: { readonly pending_operations?: readonly unknown[] };
    };
    return (state.deployment.pending_operations ?? []).length > 0;
}

export async function printWhereToLook(stack: Stack): Promise<void> {
    const { portForwards, application, guard, published } = JSON.parse(
        await pulumiOutput(stack, ["stack", "output", "--json"]),
    ) as Partial<WhereToLook>;
    if (portForwards === undefined || application === undefined) {
        console.log(`\nStack ${stack.name} is not deployed: make up STACK=${stack.name}`);
        return;
    }
    console.log("\nWhere to look (run the command, then open the address):\n");
    for (const { command, url } of Object.values(portForwards)) {
        console.log(`  ${url.padEnd(30)} ${command}`);
    }
    if (published !== undefined) {
        console.log("\nFrom outside of the cluster:\n");
        for (const [name, url] of Object.entries(published)) {
            console.log(`  ${name.padEnd(12)} ${url}`);
        }
    }
    printEnvironment("What an application in the cluster sets", application);
    if (guard !== undefined) {
        printEnvironment("What a sender outside the Namespace sets, with the files of its folder", guard.environment);
    }
    if (stack.name === SANDBOX_STACK) {
        console.log('\nkubectl and pulumi of this sandbox, in your shell:\n\n  eval "$(make env)"\n');
    }
}

function printEnvironment(who: string, variables: Readonly<Record<string, string>>): void {
    console.log(`\n${who}:\n`);
    for (const [name, value] of Object.entries(variables)) {
        console.log(`  ${name}=${value}`);
    }
}

/**
 * A `pulumi` that was killed leaves its lock behind. On the sandbox it can go: whoever gets here holds the sandbox's
 * own lock, so that only the Pulumi of a command that was killed may still be at work, and that one is waited for.
 */
async function clearLock(stack: Stack): Promise<void> {
    const locks = path.join(STATE, "pulumi/.pulumi/locks");
    if (stack.name !== SANDBOX_STACK || !fs.existsSync(locks)) {
        return;
    }
    const leftOver = findProcesses(([program, ...args]) => program === "pulumi" && args.includes(stack.name));
    while (!leftOver.every(hasEnded)) {
        await sleep(200);
    }
    if (fs.readdirSync(locks, { recursive: true, withFileTypes: true }).some((file) => file.isFile())) {
        await pulumi(stack, ["cancel", "--yes"]);
    }
}
