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
 * Makes sure that the stack's cluster answers. First prints the context and the cluster of a stack that is not on the
 * sandbox.
 *
 * @param lock Keeps other commands from changing the sandbox until this process ends.
 * @param pulumi Whether Pulumi has to be there too.
 */
export async function requireCluster(stack: Stack, { lock = false, pulumi = true } = {}): Promise<void> {
    if (!isSandbox(stack)) {
        await requireExternalCluster(stack, pulumi);
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
async function requireExternalCluster(stack: Stack, pulumi: boolean): Promise<void> {
    if (process.env.KUBECONFIG === KUBECONFIG) {
        throw new Error(
            `this shell's kubectl and pulumi are the sandbox's (eval "$(make sandbox-env)"); use another shell for stack ${stack.name}`,
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
            "kubectl reaches no cluster; choose one with 'pulumi config set kubernetes:context NAME --stack " +
                `${stack.name}' or 'kubectl config use-context NAME'\n${stderr}`,
        );
    }
}

/** The context and the cluster that the stack's kubectl uses. In a pod there is neither. */
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
