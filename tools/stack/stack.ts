import * as fs from "node:fs";
import { execa, type Options } from "execa";
import { sandboxEnv } from "../../sandbox/environment";
import { ROOT } from "../../sandbox/directories";
import { findStackFolder } from "./stack-file";
import { type KubectlAccess, resolveKubectlAccess } from "./kube-context";

/** The stack on the sandbox. Every other stack is on the cluster that its stack file names, or kubectl's current one. */
export const SANDBOX_STACK = "sandbox";

/** A stack of this program, as the Pulumi CLI sees it, with the environment that kubectl and Pulumi need for it. */
export interface Stack extends KubectlAccess {
    readonly name: string;
    /** File of settings; default `Pulumi.<name>.yaml`. */
    readonly configFile?: string;
}

/** @throws when the stack file is invalid, or when it names a kubeconfig file that does not exist. */
export function resolveStack(name: string): Stack {
    return { name, ...(name === SANDBOX_STACK ? { env: sandboxEnv() } : resolveKubectlAccess(name)) };
}

/** Every stack that has a file of settings. */
export function listStacks(): string[] {
    return fs
        .readdirSync(findStackFolder(ROOT))
        .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
        .filter((name) => name !== undefined);
}

/** Makes the stack known to Pulumi where it is not, and the one that commands without `--stack` mean. */
export async function selectStack(stack: Stack): Promise<void> {
    // Of a new stack Pulumi may ask for a passphrase, and of a new machine for a login.
    const { failed } = await execa("pulumi", ["stack", "select", "--create", stack.name], {
        cwd: ROOT,
        env: stack.env,
        stdio: "inherit",
        reject: false,
    });
    if (failed) {
        throw new Error(`pulumi cannot select stack ${stack.name}; it says why above`);
    }
}

/** Runs a Pulumi command on the stack, with its output for the person who waits. */
export async function pulumi(stack: Stack, args: readonly string[]): Promise<void> {
    const { failed, exitCode } = await runPulumi(stack, args, { stdio: "inherit", reject: false });
    if (failed) {
        throw new Error(
            `pulumi ${args.join(" ")} failed with exit status ${exitCode ?? "of a signal"}; it says why above`,
        );
    }
}

/** Runs a Pulumi command on the stack and returns what it printed. */
export async function pulumiOutput(stack: Stack, args: readonly string[]): Promise<string> {
    const { stdout } = await runPulumi(stack, args, {});
    return stdout;
}

async function runPulumi<T extends Options>(stack: Stack, args: readonly string[], options: T) {
    return execa("pulumi", pulumiArgs(stack, args), { cwd: ROOT, env: stack.env, ...options });
}

/** The arguments of a Pulumi command with those that name the stack and its settings. */
export function pulumiArgs({ name, configFile }: Stack, args: readonly string[]): string[] {
    // What reads the state alone knows no settings.
    const readsSettings = args[0] !== "stack" && args[0] !== "cancel";
    const settings = configFile !== undefined && readsSettings ? ["--config-file", configFile] : [];
    return [...args, "--stack", name, ...settings];
}
