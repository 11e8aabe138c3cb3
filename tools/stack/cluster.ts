import { execa } from "execa";
import { isRunning } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { KUBECONFIG } from "../../sandbox/directories";
import { kubectl } from "./kubectl";
import { SANDBOX_STACK, type Stack } from "./stack";

export function isSandbox(stack: Stack): boolean {
    return stack.name === SANDBOX_STACK;
}

/**
 * Checks that the cluster of the stack responds. For an external cluster, prints the context and the cluster first.
 *
 * @param lock Whether to lock the sandbox until this process exits, so that other commands cannot change it.
 * @param pulumi Whether the Pulumi CLI is required.
 * @throws when the cluster does not respond, or when Pulumi is required and missing.
 */
export async function requireCluster(stack: Stack, { lock = false, pulumi = true } = {}): Promise<void> {
    if (!isSandbox(stack)) {
        await requireExternalCluster(stack, pulumi);
        return;
    }
    if (!isRunning()) {
        throw new Error("no sandbox is running; start it with 'make up'");
    }
    if (lock) {
        lockSandbox();
    }
}

/** Checks an external cluster: Pulumi is installed if required, and kubectl reaches the cluster. */
async function requireExternalCluster(stack: Stack, pulumi: boolean): Promise<void> {
    if (process.env.KUBECONFIG === KUBECONFIG) {
        throw new Error(
            `kubectl and pulumi in this shell use the sandbox (eval "$(make sandbox-env)"); use another shell for stack ${stack.name}`,
        );
    }
    if (pulumi && (await execa("pulumi", ["version"], { reject: false })).failed) {
        throw new Error(
            "the command 'pulumi' is missing; install Pulumi (pulumi.com/docs/install), then run 'pulumi login'",
        );
    }
    console.error(`Stack ${stack.name} on ${await describeCluster(stack)}`);
    const { failed, stderr } = await kubectl(stack, ["version", "--request-timeout=10s"], { reject: false });
    if (failed) {
        throw new Error(
            "kubectl cannot reach a cluster; choose one with 'pulumi config set kubernetes:context NAME --stack " +
                `${stack.name}' or 'kubectl config use-context NAME'\n${stderr}`,
        );
    }
}

/** Describes the context and the cluster that kubectl uses. In a pod, kubectl has neither. */
async function describeCluster(stack: Stack): Promise<string> {
    const jsonpath = "{.current-context}{'\\n'}{.clusters[0].name}{'\\n'}{.clusters[0].cluster.server}";
    const { failed, stdout } = await kubectl(
        stack,
        ["config", "view", "--minify", "--output", `jsonpath=${jsonpath}`],
        {
            reject: false,
        },
    );
    const [context = "", cluster = "", server = ""] = failed ? [] : stdout.split("\n");
    return context === ""
        ? "the cluster of kubectl's environment"
        : `context ${context}, cluster ${cluster} (${server})`;
}
