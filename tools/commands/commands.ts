import { isRunning, stopSandbox } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { STATE } from "../../sandbox/directories";
import { ensureSandbox } from "../../sandbox/start";
import { readClaimUsage } from "../../components/stack/claim-usage";
import { describeDestruction, type StoredData } from "../../config/model/stored-data";
import { approvalArgs, needsApproval } from "./approval";
import { checkChart } from "../helm/check-chart";
import { isSandbox, requireCluster } from "../stack/cluster";
import { deploy, printAccess } from "./deploy";
import { kubectl } from "../stack/kubectl";
import { EncryptedSettingError } from "../render/program";
import { type ConfigFiles, renderStackConfigFiles } from "../render/config-files";
import { pulumi, pulumiOutput, selectStack, type Stack, listStacks } from "../stack/stack";
import { readState } from "../stack/state";
import { testRules, validateStacks, validateFiles } from "../checks/check-config";
import { verifyStack } from "../verify/verify-stack";

/** Deploys the stack, verifies it with test telemetry, and prints how to access it. */
export async function up(stack: Stack): Promise<void> {
    // Reports invalid settings before the build, which takes minutes.
    const files = await renderFilesToCheck(stack);
    if (isSandbox(stack)) {
        lockSandbox();
        await ensureSandbox();
    } else {
        await requireCluster(stack);
    }
    await validateFiles(stack.name, files);
    await deploy(stack);
    await verifyStack(stack);
    await printAccess(stack);
}

/** Deletes the sandbox, with every stack on it. */
export async function down(): Promise<void> {
    lockSandbox();
    const running = isRunning();
    await stopSandbox();
    console.log(running ? "Deleted the sandbox. The build cache is kept." : "No sandbox is running.");
}

/** Deletes the resources of the stack from its cluster. */
export async function destroy(stack: Stack): Promise<void> {
    await requireCluster(stack, { lock: true });
    await selectStack(stack);
    for (const line of await listDestruction(stack)) {
        console.log(`Destroying stack ${stack.name} ${line}`);
    }
    await pulumi(stack, ["destroy", ...approvalArgs(stack)]);
}

/** Lists the claims that Pulumi would delete and keep. `pulumi destroy` does not run the program, which knows them. */
async function listDestruction(stack: Stack): Promise<readonly string[]> {
    const outputs = JSON.parse(await pulumiOutput(stack, ["stack", "output", "--json"])) as {
        readonly storedData?: StoredData;
    };
    const data = outputs.storedData;
    if (data === undefined || data.volumes.length === 0) {
        return [];
    }
    const usage = await readClaimUsage(data.namespace, async (args) => {
        const { stdout } = await kubectl(stack, [...args, "--request-timeout=10s"], {});
        return stdout;
    });
    return describeDestruction(data, usage);
}

export async function preview(stack: Stack): Promise<void> {
    await requireCluster(stack);
    await selectStack(stack);
    await pulumi(stack, ["preview", "--diff"]);
}

/** Shows how Pulumi's state differs from the cluster, and updates the state after approval. */
export async function refresh(stack: Stack): Promise<void> {
    await requireCluster(stack, { lock: true });
    // Pulumi shows the differences with and without `--yes`.
    await pulumi(stack, ["refresh", ...(needsApproval(stack) ? [] : ["--yes"])]);
}

/** Runs the telemetrygen Jobs again by replacing them, so that Pulumi's state stays correct. */
export async function runTelemetrygen(stack: Stack): Promise<void> {
    await requireCluster(stack, { lock: true });
    const jobs = await findJobUrns(stack);
    if (jobs.length === 0) {
        throw new Error(
            `stack ${stack.name} has no telemetrygen Jobs; set otel-stack:telemetrygen.enabled to true and deploy it`,
        );
    }
    const targets = jobs.flatMap((urn) => ["--target-replace", urn]);
    await pulumi(stack, ["up", ...approvalArgs(stack), ...targets]);
}

/** Prints the state of the sandbox, the workloads of the stack, and how to access them. */
export async function status(stack: Stack): Promise<void> {
    if (isSandbox(stack)) {
        console.log(
            isRunning() ? `The sandbox is running. Its files are in ${STATE}.\n` : "No sandbox is running: make up",
        );
        if (!isRunning()) {
            return;
        }
    } else {
        await requireCluster(stack);
    }
    const selector = ["--all-namespaces", "--selector", "app.kubernetes.io/part-of=otel-stack"];
    await kubectl(stack, ["get", "deployments,statefulsets,jobs,pods", ...selector], { stdio: "inherit" });
    await printAccess(stack);
}

/** Checks the configuration files, the rules, and the Helm chart of every stack file. */
export async function checkConfig(): Promise<void> {
    await validateStacks(listStacks(), { buildMissing: true });
    await testRules();
    for (const stack of listStacks()) {
        await checkChart(stack);
    }
}

/** Renders the configuration files. Returns none when a setting is encrypted, because only Pulumi can decrypt it. */
async function renderFilesToCheck(stack: Stack): Promise<ConfigFiles> {
    try {
        return await renderStackConfigFiles(stack.name);
    } catch (error) {
        if (error instanceof EncryptedSettingError) {
            console.log(`${error.message}: skipping the configuration check before the deployment`);
            return {};
        }
        throw error;
    }
}

async function findJobUrns(stack: Stack): Promise<string[]> {
    const { resources } = await readState(stack);
    return resources.filter(({ type }) => type === "kubernetes:batch/v1:Job").map(({ urn }) => urn);
}
