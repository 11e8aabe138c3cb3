import { execa } from "execa";
import { isRunning, stopNode } from "../sandbox/cluster";
import { sandboxEnv } from "../sandbox/environment";
import { lockSandbox } from "../sandbox/lock";
import { STATE } from "../sandbox/paths";
import { sandboxUp } from "../sandbox/up";
import { deploy, printWhereToLook } from "./deploy";
import { pulumi, pulumiOutput, SANDBOX_STACK, selectStack, type Stack, stackNames } from "./stack";
import { testRules, validate } from "./validate";
import { verifyStack } from "./verify/stack";

/** Deploys the stack, proves that telemetry goes through it, and says where to look. */
export async function up(stack: Stack): Promise<void> {
    if (onSandbox(stack)) {
        lockSandbox();
        await sandboxUp();
    } else {
        await requireCluster();
    }
    await validate([stack.name]);
    await deploy(stack);
    await verifyStack(stack);
    await printWhereToLook(stack);
}

/** Ends the sandbox, with every stack on it. */
export async function down(): Promise<void> {
    lockSandbox();
    const running = isRunning();
    await stopNode();
    console.log(running ? "The sandbox has ended; only the build cache is left." : "No sandbox runs.");
}

/** Removes the stack's objects from its cluster. */
export async function destroy(stack: Stack): Promise<void> {
    await requireSandbox(stack, { lock: true });
    await selectStack(stack);
    await pulumi(stack, ["destroy", "--yes", "--skip-preview"]);
}

export async function preview(stack: Stack): Promise<void> {
    await requireSandbox(stack, { lock: false });
    await selectStack(stack);
    await pulumi(stack, ["preview", "--diff"]);
}

/** Takes what was changed in the cluster by other hands into Pulumi's state. */
export async function refresh(stack: Stack): Promise<void> {
    await requireSandbox(stack, { lock: true });
    await pulumi(stack, ["refresh", "--yes", "--skip-preview"]);
}

/** Runs the telemetrygen Jobs again by replacing them, so that Pulumi's state stays true. */
export async function telemetry(stack: Stack): Promise<void> {
    await requireSandbox(stack, { lock: true });
    const jobs = await jobUrns(stack);
    if (jobs.length === 0) {
        throw new Error(
            `stack ${stack.name} has no telemetrygen Jobs; set otel-stack:telemetrygen.enabled to true and deploy it`,
        );
    }
    const targets = jobs.flatMap((urn) => ["--target-replace", urn]);
    await pulumi(stack, ["up", "--yes", "--skip-preview", ...targets]);
}

/** Shows the sandbox, the stack's workloads, and where to look. */
export async function status(stack: Stack): Promise<void> {
    if (onSandbox(stack)) {
        console.log(isRunning() ? `The sandbox runs; everything of it is in ${STATE}.\n` : "No sandbox runs: make up");
        if (!isRunning()) {
            return;
        }
    }
    const selector = ["--all-namespaces", "--selector", "app.kubernetes.io/part-of=otel-stack"];
    await execa("kubectl", ["get", "deployments,statefulsets,jobs,pods", ...selector], {
        env: stack.env,
        stdio: "inherit",
    });
    await printWhereToLook(stack);
}

/** Has the programs check the configuration of every stack that has a file here. */
export async function validateAll(): Promise<void> {
    await validate(stackNames(), { buildMissing: true });
    await testRules();
}

/** Prints what points a shell's kubectl and pulumi at the sandbox. */
export function env(stack: Stack): Promise<void> {
    if (!onSandbox(stack)) {
        throw new Error("only the sandbox has variables of its own; other stacks live where kubectl points");
    }
    for (const [name, value] of Object.entries(sandboxEnv())) {
        console.log(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
    }
    return Promise.resolve();
}

function onSandbox(stack: Stack): boolean {
    return stack.name === SANDBOX_STACK;
}

async function requireSandbox(stack: Stack, { lock }: { readonly lock: boolean }): Promise<void> {
    if (!onSandbox(stack)) {
        await requireCluster();
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
async function requireCluster(): Promise<void> {
    const { failed: noPulumi } = await execa("pulumi", ["version"], { reject: false });
    if (noPulumi) {
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
}

async function jobUrns(stack: Stack): Promise<string[]> {
    const state = JSON.parse(await pulumiOutput(stack, ["stack", "export"])) as {
        deployment: { resources?: { urn: string; type: string }[] };
    };
    return (state.deployment.resources ?? [])
        .filter(({ type }) => type === "kubernetes:batch/v1:Job")
        .map(({ urn }) => urn);
}
