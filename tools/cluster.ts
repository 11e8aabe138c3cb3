import { execa } from "execa";
import { isRunning } from "../sandbox/cluster";
import { lockSandbox } from "../sandbox/lock";
import { KUBECONFIG } from "../sandbox/paths";
import { SANDBOX_STACK, type Stack } from "./stack";

export function onSandbox(stack: Stack): boolean {
    return stack.name === SANDBOX_STACK;
}

/**
 * Makes sure that the stack's cluster is there, and of one's own says which it is.
 *
 * @param lock Keeps other commands from changing the sandbox until this process ends.
 * @param pulumi Whether Pulumi has to be there too.
 */
export async function requireCluster(stack: Stack, { lock = false, pulumi = true } = {}): Promise<void> {
    if (!onSandbox(stack)) {
        await requireOwnCluster(stack, pulumi);
        return;
    }
    if (!isRunning()) {
        throw new Error("no sandbox runs; start it with 'make up'");
    }
    if (lock) {
        lockSandbox();
    }
}

/** A cluster of one's own needs Pulumi, kubectl and an answer of the cluster. */
async function requireOwnCluster(stack: Stack, pulumi: boolean): Promise<void> {
    if (process.env.KUBECONFIG === KUBECONFIG) {
        throw new Error(
            `this shell's kubectl and pulumi are the sandbox's (eval "$(make env)"); use another shell for stack ${stack.name}`,
        );
    }
    if (pulumi && (await execa("pulumi", ["version"], { reject: false })).failed) {
        throw new Error(
            "the command 'pulumi' is missing; install Pulumi (pulumi.com/docs/install), then run 'pulumi login'",
        );
    }
    const { failed: noCluster, stderr } = await execa("kubectl", ["version", "--request-timeout=10s"], {
        reject: false,
    });
    if (noCluster) {
        throw new Error(`kubectl reaches no cluster; choose one with 'kubectl config use-context NAME'\n${stderr}`);
    }
    // In a pod there is no context, and no doubt either.
    const { failed: noContext, stdout: context } = await execa("kubectl", ["config", "current-context"], {
        reject: false,
    });
    console.error(`Stack ${stack.name} on kubectl's ${noContext ? "cluster" : `context ${context}`}`);
}
