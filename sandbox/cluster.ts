import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { ProgramFolders } from "./build";
import { makeCgroups, removeCgroups } from "./cgroups";
import { sandboxEnv } from "./environment";
import { METRICS_API, metricsObjects } from "./metrics";
import { BIN, CONFIG, LOGS, ROOT, STATE } from "./paths";
import { makePki } from "./pki";
import { childrenOf, findProcesses, hasEnded } from "./processes";
import { keepAddressesHere, releaseAddresses } from "./routes";
import { attachedVolumes, makeVolumes, volumeObjects } from "./volumes";

const NODE_FILES = path.join(ROOT, "sandbox/node");
export const HOST_LINK = "otel-sandbox0";
export const HOST_ADDRESS = "198.18.0.1/30";
const READY_TIMEOUT_MS = 120_000;
/** A busy machine may be slow to answer; a node that is broken is replaced, with all that was on it. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Files of the images that containerd has. */
const LOADED = path.join(STATE, "loaded-images");
/** Stands there from when a node was ready for the first time. */
const STARTED = path.join(STATE, "started");

/** Whether the node runs. */
export function isRunning(): boolean {
    return nodeProcess() !== undefined;
}

/**
 * Starts a new node from the built programs.
 *
 * @param folders Folder of each built program.
 */
export async function startNode(folders: ProgramFolders): Promise<void> {
    await stopNode();
    fs.mkdirSync(LOGS, { recursive: true });
    fs.mkdirSync(BIN, { recursive: true });
    for (const [program, folder] of folders) {
        // A link would do for most. Pulumi looks for its language host beside its own file, whatever link led there.
        fs.copyFileSync(path.join(folder, program), path.join(BIN, program), fs.constants.COPYFILE_FICLONE);
    }
    await makePki();
    makeVolumes();
    for (const file of ["containerd.toml", "kubelet.yaml", "cni"]) {
        fs.cpSync(path.join(NODE_FILES, file), path.join(CONFIG, file), { recursive: true });
    }
    makeCgroups();
    await keepAddressesHere();
    await connect(launch());
}

/** Loads packed images into containerd, but for those that it has from the same file. */
export async function loadImages(files: readonly string[]): Promise<void> {
    const socket = path.join(STATE, "containerd/containerd.sock");
    await until("containerd", () => Promise.resolve(fs.existsSync(socket)));
    const loaded = new Set(fs.existsSync(LOADED) ? fs.readFileSync(LOADED, "utf8").split("\n") : []);
    for (const file of files.filter((name) => !loaded.has(name))) {
        const ctr = ["--address", socket, "--namespace", "k8s.io", "images", "import", "--local", file];
        await execa(path.join(BIN, "ctr"), ctr);
        fs.appendFileSync(LOADED, `${file}\n`);
    }
}

/** Waits until the API server answers. */
export async function waitForApi(): Promise<void> {
    await until("the API server", () => kubectl(["get", "--raw", "/readyz"]));
}

/** Gives the cluster what every cluster has, and waits until the node takes pods, names resolve and all APIs answer. */
export async function waitForNode(): Promise<void> {
    await until("the default service account", () => kubectl(["get", "serviceaccount", "default"]));
    const files = ["network-policies.yaml", "coredns.yaml", "metrics-server.yaml"].map(
        (file) => `--filename=${path.join(NODE_FILES, file)}`,
    );
    const own = { apiVersion: "v1", kind: "List", items: [...metricsObjects(), ...volumeObjects()] };
    await kubectlOrFail(["apply", "--server-side", ...files, "--filename=-"], JSON.stringify(own));
    await until("the node", () => kubectl(["get", "node", "sandbox"]));
    await kubectlOrFail(["wait", "node/sandbox", "--for=condition=Ready", "--timeout=180s"]);
    await kubectlOrFail(["rollout", "status", "deployment/coredns", "-n", "kube-system", "--timeout=180s"]);
    await kubectlOrFail(["wait", `apiservice/${METRICS_API}`, "--for=condition=Available", "--timeout=180s"]);
    fs.writeFileSync(STARTED, "");
}

/** Whether a running node also answers and is ready: one whose start was interrupted never is. */
export async function isHealthy(): Promise<boolean> {
    if (!fs.existsSync(STARTED)) {
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

/** Ends the node with everything it made: processes, mounts, network, cgroups, files. Nothing happens without one. */
export async function stopNode(): Promise<void> {
    const node = nodeProcess();
    if (node !== undefined) {
        const [init] = childrenOf(node);
        // unshare ignores SIGTERM; its --kill-child takes process 1 along, and so the whole pid namespace.
        process.kill(node, "SIGKILL");
        // The kernel ends process 1 after all others of its namespace.
        await until("the node's end", () => Promise.resolve(hasEnded(node) && (init === undefined || hasEnded(init))));
    }
    await execa("ip", ["link", "delete", HOST_LINK], { reject: false });
    await releaseAddresses();
    // The kernel still ends the processes in them.
    await until("the end of the cgroups", async () => (await removeCgroups()).length === 0);
    await until("the end of the volumes", () => Promise.resolve(attachedVolumes().length === 0));
    fs.rmSync(STATE, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function launch(): number {
    const log = fs.openSync(path.join(LOGS, "node.log"), "a");
    const namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation=private"];
    const child = spawn("unshare", [...namespaces, path.join(NODE_FILES, "init.sh"), STATE], {
        detached: true,
        stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    child.unref();
    if (child.pid === undefined) {
        throw new Error("unshare, of the package util-linux, could not be started");
    }
    return child.pid;
}

/** Lays the link between the machine and the node: the only way in, and none out. */
async function connect(unsharePid: number): Promise<void> {
    await until("the node's first process", () => Promise.resolve(childrenOf(unsharePid).length > 0));
    const namespace = ["netns", String(childrenOf(unsharePid)[0])];
    await execa("ip", ["link", "add", HOST_LINK, "type", "veth", "peer", "name", "eth0", ...namespace]);
    await execa("ip", ["address", "add", HOST_ADDRESS, "dev", HOST_LINK]);
    await execa("ip", ["link", "set", HOST_LINK, "up"]);
}

/** Process id of the `unshare` that holds the node: found by its command, so that an interrupted start leaves no node unseen. */
function nodeProcess(): number | undefined {
    return findProcesses(([program, ...args]) => program === "unshare" && args.at(-1) === STATE)[0];
}

async function kubectl(args: readonly string[]): Promise<boolean> {
    const { failed } = await execa("kubectl", [...args, "--request-timeout=5s"], { env: sandboxEnv(), reject: false });
    return !failed;
}

async function kubectlOrFail(args: readonly string[], input = ""): Promise<void> {
    await execa("kubectl", args, { env: sandboxEnv(), input });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await holds())) {
        if (Date.now() > deadline) {
            throw new Error(`waited ${READY_TIMEOUT_MS / 1000} s for ${what}; look into ${LOGS}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
