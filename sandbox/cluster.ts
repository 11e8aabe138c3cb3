import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { ProgramFolders } from "./build";
import { createCgroups, removeCgroups } from "./cgroups";
import { sandboxEnv } from "./environment";
import { METRICS_API, renderMetricsServerObjects } from "./metrics-server";
import {
    connectToFirstNode,
    connectToHost,
    endNodeProcesses,
    HOST_LINK,
    isNodeRunning,
    launchNode,
    loadImagesIntoNode,
    NODE_FILES,
    prepareNodeFolder,
} from "./node";
import { FIRST_NODE, SECOND_NODE, type SandboxNode } from "./nodes";
import { BIN, STATE } from "./directories";
import { endOrphanedPlugins } from "./plugin-processes";
import { createNodePki, createPki } from "./cluster-pki";
import { blockAddressRange, unblockAddressRange } from "./routes";
import { findAttachedVolumes, createVolumes, renderVolumeObjects } from "./volumes";
import { waitUntil } from "./wait-until";

/** Time until a running sandbox counts as broken and is replaced. A busy machine may respond slowly. */
const ANSWER_TIMEOUT_MS = 30_000;
/** File that is created when the cluster is ready for the first time. */
const READY_MARKER = path.join(STATE, "started");

/** Whether the first node of the sandbox is running. */
export function isRunning(): boolean {
    return isNodeRunning(FIRST_NODE);
}

/** Returns the running nodes. */
export function runningNodes(): readonly SandboxNode[] {
    return [FIRST_NODE, SECOND_NODE].filter(isNodeRunning);
}

/**
 * Starts the first node of a new sandbox from the built programs.
 *
 * @param folders Folder of each built program.
 */
export async function startFirstNode(folders: ProgramFolders): Promise<void> {
    await stopSandbox();
    fs.mkdirSync(BIN, { recursive: true });
    for (const [program, folder] of folders) {
        // Copies instead of symbolic links: Pulumi resolves links, and expects its language host in the same folder.
        fs.copyFileSync(path.join(folder, program), path.join(BIN, program), fs.constants.COPYFILE_FICLONE);
    }
    await createPki();
    await createNodePki(FIRST_NODE);
    createVolumes();
    prepareNodeFolder(FIRST_NODE);
    createCgroups();
    await blockAddressRange();
    await connectToHost(launchNode("control-plane", FIRST_NODE));
}

/** Starts the second node, and replaces an earlier one. Requires a running API server. */
export async function startSecondNode(): Promise<void> {
    await endNodeProcesses(SECOND_NODE);
    fs.rmSync(SECOND_NODE.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    await createNodePki(SECOND_NODE);
    prepareNodeFolder(SECOND_NODE);
    createCgroups(undefined, SECOND_NODE.cgroup);
    await connectToFirstNode(SECOND_NODE, launchNode("worker", SECOND_NODE));
}

/** Loads packed images into every running node. Skips files that a node has loaded already. */
export async function loadImages(files: readonly string[]): Promise<void> {
    await Promise.all(runningNodes().map(async (node) => loadImagesIntoNode(node, files)));
}

/** Waits until the API server is ready. */
export async function waitForApi(): Promise<void> {
    await waitUntil("the API server", () => kubectl(["get", "--raw", "/readyz"]));
}

/** Installs the cluster add-ons, and waits until the first node, DNS and the metrics API are ready. */
export async function waitForCluster(): Promise<void> {
    await waitUntil("the default service account", () => kubectl(["get", "serviceaccount", "default"]));
    const files = ["network-policies.yaml", "coredns.yaml", "metrics-server.yaml"].map(
        (file) => `--filename=${path.join(NODE_FILES, file)}`,
    );
    const own = { apiVersion: "v1", kind: "List", items: [...renderMetricsServerObjects(), ...renderVolumeObjects()] };
    await kubectlOrFail(["apply", "--server-side", ...files, "--filename=-"], JSON.stringify(own));
    await waitForNodeReady(FIRST_NODE);
    await kubectlOrFail(["rollout", "status", "deployment/coredns", "-n", "kube-system", "--timeout=180s"]);
    await kubectlOrFail(["wait", `apiservice/${METRICS_API}`, "--for=condition=Available", "--timeout=180s"]);
    fs.writeFileSync(READY_MARKER, "");
}

/** Waits until a node is ready. */
export async function waitForNodeReady({ name }: SandboxNode): Promise<void> {
    await waitUntil(`node ${name}`, () => kubectl(["get", "node", name]));
    await kubectlOrFail(["wait", `node/${name}`, "--for=condition=Ready", "--timeout=180s"]);
}

/** Whether the sandbox is ready within 30 s. False when its start was interrupted. */
export async function isHealthy(): Promise<boolean> {
    if (!fs.existsSync(READY_MARKER)) {
        return false;
    }
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    do {
        if (await isReady()) {
            return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
    } while (Date.now() < deadline && isRunning());
    return false;
}

async function isReady(): Promise<boolean> {
    const dns = ["get", "deployment/coredns", "--namespace=kube-system", "--output=jsonpath={.status.readyReplicas}"];
    const { failed, stdout } = await execa("kubectl", [...dns, "--request-timeout=5s"], {
        env: sandboxEnv(),
        reject: false,
    });
    return !failed && stdout === "1";
}

/** Deletes the sandbox: processes, mounts, network devices, cgroups and files. Does nothing when no sandbox exists. */
export async function stopSandbox(): Promise<void> {
    await Promise.all([SECOND_NODE, FIRST_NODE].map(endNodeProcesses));
    endOrphanedPlugins();
    await execa("ip", ["link", "delete", HOST_LINK], { reject: false });
    await unblockAddressRange();
    // The kernel removes the processes from the cgroups asynchronously.
    await waitUntil("the removal of the cgroups", async () => (await removeCgroups()).length === 0);
    await waitUntil("the release of the volumes", () => Promise.resolve(findAttachedVolumes().length === 0));
    fs.rmSync(STATE, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function kubectl(args: readonly string[]): Promise<boolean> {
    const { failed } = await execa("kubectl", [...args, "--request-timeout=5s"], { env: sandboxEnv(), reject: false });
    return !failed;
}

async function kubectlOrFail(args: readonly string[], input = ""): Promise<void> {
    await execa("kubectl", args, { env: sandboxEnv(), input });
}
