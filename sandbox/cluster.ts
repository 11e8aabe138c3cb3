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

/** A busy machine may be slow to answer; a node that is broken is replaced, with all that was on it. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Stands there from when the first node was ready for the first time. */
const READY_MARKER = path.join(STATE, "started");

/** Whether the sandbox's first node runs. */
export function isRunning(): boolean {
    return isNodeRunning(FIRST_NODE);
}

/** The nodes that run. */
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
        // A link would do for most. Pulumi looks for its language host beside its own file, whatever link led there.
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

/** Adds the second node to a sandbox whose API server answers, in place of one that has ended. */
export async function startSecondNode(): Promise<void> {
    await endNodeProcesses(SECOND_NODE);
    fs.rmSync(SECOND_NODE.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    await createNodePki(SECOND_NODE);
    prepareNodeFolder(SECOND_NODE);
    createCgroups(undefined, SECOND_NODE.cgroup);
    await connectToFirstNode(SECOND_NODE, launchNode("worker", SECOND_NODE));
}

/** Loads packed images into every node that runs, but for those that it has from the same file. */
export async function loadImages(files: readonly string[]): Promise<void> {
    await Promise.all(runningNodes().map(async (node) => loadImagesIntoNode(node, files)));
}

/** Waits until the API server answers. */
export async function waitForApi(): Promise<void> {
    await waitUntil("the API server", () => kubectl(["get", "--raw", "/readyz"]));
}

/** Gives the cluster what every cluster has, and waits until the first node takes pods, names resolve and all APIs answer. */
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

/** Waits until a node takes pods. */
export async function waitForNodeReady({ name }: SandboxNode): Promise<void> {
    await waitUntil(`node ${name}`, () => kubectl(["get", "node", name]));
    await kubectlOrFail(["wait", `node/${name}`, "--for=condition=Ready", "--timeout=180s"]);
}

/** Whether a running sandbox also answers and is ready: one whose start was interrupted never is. */
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

/** Ends the sandbox with everything it made: processes, mounts, network, cgroups, files. Nothing happens without one. */
export async function stopSandbox(): Promise<void> {
    await Promise.all([SECOND_NODE, FIRST_NODE].map(endNodeProcesses));
    endOrphanedPlugins();
    await execa("ip", ["link", "delete", HOST_LINK], { reject: false });
    await unblockAddressRange();
    // The kernel still ends the processes in them.
    await waitUntil("the end of the cgroups", async () => (await removeCgroups()).length === 0);
    await waitUntil("the end of the volumes", () => Promise.resolve(findAttachedVolumes().length === 0));
    fs.rmSync(STATE, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function kubectl(args: readonly string[]): Promise<boolean> {
    const { failed } = await execa("kubectl", [...args, "--request-timeout=5s"], { env: sandboxEnv(), reject: false });
    return !failed;
}

async function kubectlOrFail(args: readonly string[], input = ""): Promise<void> {
    await execa("kubectl", args, { env: sandboxEnv(), input });
}
