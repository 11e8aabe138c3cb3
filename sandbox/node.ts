import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { CGROUP, FIRST_NODE, LINK_ADDRESS, type SandboxNode } from "./nodes";
import { BIN, ROOT } from "./directories";
import { childPids, findProcesses, isExited } from "./processes";
import { waitUntil } from "./wait-until";

export const NODE_FILES = path.join(ROOT, "sandbox/node");
export const HOST_LINK = "otel-sandbox0";
export const HOST_ADDRESS = "198.18.0.1/30";
/** Bridge on the first node for the link to the second node. It persists when the second node ends. */
const NODES_LINK = "nodes0";

/** Whether a node is running. */
export function isNodeRunning(node: SandboxNode): boolean {
    return findUnsharePid(node) !== undefined;
}

/** Writes the configuration files and programs of a node to its folder, except keys. */
export function prepareNodeFolder({ cgroup, folder, podRange }: SandboxNode): void {
    fs.mkdirSync(path.join(folder, "logs"), { recursive: true });
    const config = path.join(folder, "config");
    for (const file of ["containerd.toml", "kubelet.yaml", "cni"]) {
        fs.cpSync(path.join(NODE_FILES, file), path.join(config, file), { recursive: true });
    }
    // The files contain the values of the first node.
    replaceInFile(path.join(config, "kubelet.yaml"), `cgroupRoot: /${CGROUP}\n`, `cgroupRoot: /${cgroup}\n`);
    replaceInFile(path.join(config, "cni/10-ptp.conflist"), FIRST_NODE.podRange, podRange);
    const bin = path.join(folder, "bin");
    if (bin !== BIN) {
        fs.mkdirSync(bin);
        for (const program of fs.readdirSync(BIN)) {
            fs.linkSync(path.join(BIN, program), path.join(bin, program));
        }
    }
}

/** Starts the first process of a node in new namespaces, and returns the process id of its `unshare`. */
export function launchNode(role: "control-plane" | "worker", { address, folder, name }: SandboxNode): number {
    const log = fs.openSync(path.join(folder, "logs/node.log"), "a");
    const namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation=private"];
    const init = [path.join(NODE_FILES, "init.sh"), role, name, address, folder];
    const child = spawn("unshare", [...namespaces, ...init], {
        detached: true,
        stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    child.unref();
    if (child.pid === undefined) {
        throw new Error("cannot start the command 'unshare'. Install it (Debian package: util-linux).");
    }
    return child.pid;
}

/** Creates the link between this machine and the first node. It is the only connection of the sandbox. */
export async function connectToHost(unsharePid: number): Promise<void> {
    const init = await waitForInit(unsharePid);
    await execa("ip", ["link", "add", HOST_LINK, "type", "veth", "peer", "name", "eth0", "netns", String(init)]);
    await execa("ip", ["address", "add", HOST_ADDRESS, "dev", HOST_LINK]);
    await execa("ip", ["link", "set", HOST_LINK, "up"]);
}

/** Creates the link between the first node and another node, and the route to the pods of that node. */
export async function connectToFirstNode({ address, podRange }: SandboxNode, unsharePid: number): Promise<void> {
    const other = await waitForInit(unsharePid);
    const first = await waitForInit(findUnsharePid(FIRST_NODE) ?? -1);
    const ip = async (...args: readonly string[]) =>
        execa("nsenter", [`--net=/proc/${first}/ns/net`, "ip", ...args], { reject: false });
    // The bridge, the route and the link may exist from an earlier node: the kernel keeps the network namespace of a
    // killed node, and with it the link, while a connection in it waits for an acknowledgement.
    await ip("link", "delete", "eth1");
    await ip("link", "add", NODES_LINK, "type", "bridge");
    await ip("address", "replace", `${LINK_ADDRESS}/30`, "dev", NODES_LINK);
    await ip("link", "set", NODES_LINK, "up");
    await ip("route", "replace", podRange, "via", address);
    const peer = ["peer", "name", "eth0", "netns", String(other)];
    await execa("ip", ["link", "add", "eth1", "netns", String(first), "type", "veth", ...peer]);
    await ip("link", "set", "eth1", "master", NODES_LINK, "up");
}

/** Loads packed images into the containerd of a node. Skips files that the node has loaded already. */
export async function loadImagesIntoNode({ folder }: SandboxNode, files: readonly string[]): Promise<void> {
    const socket = path.join(folder, "containerd/containerd.sock");
    await waitUntil("containerd", () => Promise.resolve(fs.existsSync(socket)));
    const list = path.join(folder, "loaded-images");
    const loaded = new Set(fs.existsSync(list) ? fs.readFileSync(list, "utf8").split("\n") : []);
    for (const file of files.filter((name) => !loaded.has(name))) {
        const ctr = ["--address", socket, "--namespace", "k8s.io", "images", "import", "--local", file];
        await execa(path.join(BIN, "ctr"), ctr);
        fs.appendFileSync(list, `${file}\n`);
    }
}

/** Kills all processes of a node, and waits until they have exited. */
export async function endNodeProcesses(node: SandboxNode): Promise<void> {
    const unshare = findUnsharePid(node);
    if (unshare === undefined) {
        return;
    }
    const [init] = childPids(unshare);
    // unshare ignores SIGTERM. With --kill-child, SIGKILL also kills process 1, and with it the pid namespace.
    process.kill(unshare, "SIGKILL");
    // Process 1 exits after all other processes of its namespace.
    await waitUntil("the exit of the node", () =>
        Promise.resolve(isExited(unshare) && (init === undefined || isExited(init))),
    );
}

/** Waits for the first process of a node, and returns its process id. */
async function waitForInit(unsharePid: number): Promise<number> {
    await waitUntil("the first process of the node", () => Promise.resolve(childPids(unsharePid).length > 0));
    return childPids(unsharePid)[0] ?? -1;
}

/** Returns the process id of a node's `unshare`. Searches by command line, which also finds a partly started node. */
function findUnsharePid({ folder }: SandboxNode): number | undefined {
    return findProcesses(([program, ...args]) => program === "unshare" && args.at(-1) === folder)[0];
}

function replaceInFile(file: string, text: string, replacement: string): void {
    const content = fs.readFileSync(file, "utf8");
    if (!content.includes(text)) {
        throw new Error(`${file} does not contain ${text}`);
    }
    fs.writeFileSync(file, content.replace(text, replacement));
}
