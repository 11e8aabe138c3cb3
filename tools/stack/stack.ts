import * as fs from "node:fs";
import { execa, type Options } from "execa";
import { sandboxEnv } from "../../sandbox/environment";
import { ROOT } from "../../sandbox/directories";
import { findStackFolder } from "./stack-file";
import { removeEmptyAttributeFiles } from "./state-files";
import { type KubectlAccess, resolveKubectlAccess } from "./kube-context";

/** The stack on the sandbox. Other stacks use the cluster in their stack file, or the current kubectl context. */
export const SANDBOX_STACK = "sandbox";

/** A Pulumi stack of this program, with the environment of kubectl and Pulumi. */
export interface Stack extends KubectlAccess {
    readonly name: string;
    /**
     * Path of the stack file.
     *
     * @default "Pulumi.<name>.yaml"
     */
    readonly configFile?: string;
}

/**
 * Returns the stack with the environment that selects its cluster.
 *
 * @throws when the stack file is invalid, or when it names a kubeconfig file that does not exist.
 */
export function resolveStack(name: string): Stack {
    return { name, ...(name === SANDBOX_STACK ? { env: sandboxEnv() } : resolveKubectlAccess(name)) };
}

/** Returns the names of all stacks with a stack file. */
export function listStacks(): string[] {
    return fs
        .readdirSync(findStackFolder(ROOT))
        .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
        .filter((name) => name !== undefined);
}

/**
 * Creates the stack in Pulumi's backend if it does not exist, and makes it the current stack. Repairs a state that a
 * killed Pulumi has left unreadable.
 *
 * @throws when Pulumi cannot select the stack.
 */
export async function selectStack(stack: Stack): Promise<void> {
    if (await trySelectStack(stack)) {
        return;
    }
    const deleted = await removeEmptyAttributeFiles(stack.env);
    if (deleted.length > 0) {
        console.log(["A killed Pulumi left these empty files. They are deleted:", ...deleted].join("\n  "));
    }
    if (deleted.length === 0 || !(await trySelectStack(stack))) {
        throw new Error(`pulumi cannot select stack ${stack.name}; see its output above`);
    }
}

async function trySelectStack(stack: Stack): Promise<boolean> {
    // Inherits stdio, because Pulumi may ask for a passphrase or a login.
    const { failed } = await execa("pulumi", ["stack", "select", "--create", stack.name], {
        cwd: ROOT,
        env: stack.env,
        stdio: "inherit",
        reject: false,
    });
    return !failed;
}

/**
 * Runs a Pulumi command on the stack, with the terminal of this process.
 *
 * @throws when the command fails.
 */
export async function pulumi(stack: Stack, args: readonly string[]): Promise<void> {
    const { failed, exitCode } = await runPulumi(stack, args, { stdio: "inherit", reject: false });
    if (failed) {
        throw new Error(
            `pulumi ${args.join(" ")} failed with exit status ${exitCode ?? "of a signal"}; see its output above`,
        );
    }
}

/** Runs a Pulumi command on the stack and returns its standard output. */
export async function pulumiOutput(stack: Stack, args: readonly string[]): Promise<string> {
    const { stdout } = await runPulumi(stack, args, {});
    return stdout;
}

async function runPulumi<T extends Options>(stack: Stack, args: readonly string[], options: T) {
    return execa("pulumi", pulumiArgs(stack, args), { cwd: ROOT, env: stack.env, ...options });
}

/** Adds the arguments for the stack and its stack file to a Pulumi command. */
export function pulumiArgs({ name, configFile }: Stack, args: readonly string[]): string[] {
    // Commands that only read the state do not accept `--config-file`.
    const readsSettings = args[0] !== "stack" && args[0] !== "cancel";
    const settings = configFile !== undefined && readsSettings ? ["--config-file", configFile] : [];
    return [...args, "--stack", name, ...settings];
}
