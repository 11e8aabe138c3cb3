import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SIGNALS } from "../../../config/types/signal";
import { endNodeProcesses } from "../../../sandbox/node";
import { FIRST_NODE, SECOND_NODE } from "../../../sandbox/nodes";
import { ensureSandbox } from "../../../sandbox/start";
import { renderLocalVolume, renderStorageClass } from "../../../sandbox/volumes";
import { type Connection, staticConnection } from "../../../tools/verify/connection";
import { apply, kubectl, KUBECTL_TIMEOUT, NAMESPACE } from "./cluster";
import { STATEFUL_BACKENDS, type StatefulBackend } from "./data-loss";
import type { LoadGenerator } from "./load-generator";

export const NODE_NAMES = [FIRST_NODE.name, SECOND_NODE.name] as const;

/** Volumes that both nodes reach, like network storage: a pod with such a volume can move. */
export const MOVABLE_CLASS = "e2e-movable";
/** One volume on each node, like its local disk: a pod with such a volume waits for its node. */
export const LOCAL_CLASS = "e2e-local";

const MOVABLE_VOLUMES = 4;
const DRAIN_TIMEOUT = "--timeout=120s";
const POLL_INTERVAL_MS = 200;
const RESPONSE_TIMEOUT_MS = 1_000;

/** Starts a sandbox of two nodes. Adds the second node to a running sandbox, and replaces a second node that has ended. */
export async function ensureTwoNodes(): Promise<void> {
    process.env.NODES = "2";
    await ensureSandbox();
}

/** Kills all processes of the second node at once, like a power failure. Its volumes persist. */
export async function killSecondNode(): Promise<void> {
    await endNodeProcesses(SECOND_NODE);
}

/** Creates the volumes of both classes in a temporary folder of this machine, and returns the folder. */
export async function createVolumes(): Promise<string> {
    // Both nodes see this folder: apart from /run, /var/lib and /var/log, they share the files of this machine.
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-nodes-"));
    fs.chmodSync(folder, 0o755);
    const movable = Array.from({ length: MOVABLE_VOLUMES }, (_, index) =>
        createVolume(folder, MOVABLE_CLASS, `${MOVABLE_CLASS}-${index}`, NODE_NAMES),
    );
    const local = NODE_NAMES.map((node) => createVolume(folder, LOCAL_CLASS, `${LOCAL_CLASS}-${node}`, [node]));
    await apply(...[MOVABLE_CLASS, LOCAL_CLASS].map((name) => renderStorageClass(name)), ...movable, ...local);
    return folder;
}

/** Creates the folder of a volume, and returns its PersistentVolume. */
function createVolume(parent: string, storageClass: string, name: string, nodes: readonly string[]): object {
    const folder = path.join(parent, name);
    fs.mkdirSync(folder);
    return renderLocalVolume({ name, storage: "32Gi", folder, storageClass, nodes });
}

/** How a workload is reached from this machine. */
interface NodePorts {
    readonly port: number;
    readonly nodePorts: readonly number[];
}

/** Each port is a client with connections of its own. One client would keep its connection to one Collector. */
const COLLECTOR_PORTS: NodePorts = { port: 4318, nodePorts: Array.from({ length: 8 }, (_, index) => 30410 + index) };

const BACKEND_PORTS: Readonly<Record<StatefulBackend, NodePorts & { readonly healthPath: string }>> = {
    jaeger: { port: 16686, nodePorts: [30686], healthPath: "/api/services" },
    prometheus: { port: 9090, nodePorts: [30090], healthPath: "/-/ready" },
    victorialogs: { port: 9428, nodePorts: [30428], healthPath: "/health" },
};

export interface NodePortConnections {
    readonly collector: Connection;
    readonly backends: Readonly<Record<StatefulBackend, Connection>>;
}

/**
 * Creates Services with ports on the first node. Unlike a port-forward, which stays with one pod, each connection goes
 * to any ready pod on any node, like the connections of clients in the cluster.
 */
export async function createNodePorts(): Promise<NodePortConnections> {
    await apply(
        renderService("otel-collector", COLLECTOR_PORTS),
        ...STATEFUL_BACKENDS.map((name) => renderService(name, BACKEND_PORTS[name])),
    );
    let requests = 0;
    const collector: Connection = {
        url: () => Promise.resolve(nodePortUrl(COLLECTOR_PORTS, requests++)),
        renew: () => Promise.resolve(),
    };
    const connect = (name: StatefulBackend): Connection => staticConnection(nodePortUrl(BACKEND_PORTS[name]));
    return {
        collector,
        backends: {
            jaeger: connect("jaeger"),
            prometheus: connect("prometheus"),
            victorialogs: connect("victorialogs"),
        },
    };
}

function renderService(name: string, { nodePorts, port }: NodePorts): object {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: `${name}-node-port`, namespace: NAMESPACE },
        spec: {
            type: "NodePort",
            selector: { "app.kubernetes.io/name": name },
            ports: nodePorts.map((nodePort) => ({
                name: `port-${nodePort}`,
                // Only the node's ports are used. Each needs another port of the Service.
                port: nodePort,
                targetPort: port,
                nodePort,
            })),
        },
    };
}

function nodePortUrl({ nodePorts }: NodePorts, request = 0): string {
    return `http://${FIRST_NODE.address}:${nodePorts[request % nodePorts.length] ?? 0}`;
}

/** Runs `kubectl drain` for all pods of a node, or for those of one workload. */
export async function drainNode(node: string, workload?: string): Promise<void> {
    const selector = workload === undefined ? [] : [`--pod-selector=app.kubernetes.io/name=${workload}`];
    await kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", DRAIN_TIMEOUT, ...selector);
}

export async function uncordonNode(node: string): Promise<void> {
    await kubectl("uncordon", node);
}

interface Pod {
    readonly metadata: { readonly deletionTimestamp?: string };
    readonly spec: { readonly nodeName: string };
    readonly status: { readonly phase: string };
}

/** The node of each running pod with the label, sorted. Omits pods that are being deleted. */
export async function findPodNodes(label: string, namespace: string = NAMESPACE): Promise<string[]> {
    const list = await kubectl("get", "pods", "-n", namespace, "-l", label, "-o", "json");
    const { items } = JSON.parse(list) as { items: readonly Pod[] };
    return items
        .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase === "Running")
        .map(({ spec }) => spec.nodeName)
        .sort();
}

/** Deletes the pod of a backend while it can start on one node only. */
export async function moveBackend(backend: StatefulBackend, node: string): Promise<void> {
    const others = NODE_NAMES.filter((other) => other !== node);
    await kubectl("cordon", ...others);
    await kubectl("delete", "pod", "-n", NAMESPACE, `${backend}-0`);
    await waitForBackends();
    await kubectl("uncordon", ...others);
}

/** Waits until the pod of each backend is ready. */
export async function waitForBackends(): Promise<void> {
    for (const name of STATEFUL_BACKENDS) {
        await kubectl("rollout", "status", "-n", NAMESPACE, `statefulset/${name}`, KUBECTL_TIMEOUT);
    }
}

type Check = () => boolean | Promise<boolean>;

/** Polls several checks, and measures for each the longest time without success. */
export class InterruptionMeter {
    private readonly longestMs = new Map<string, number>();
    private readonly loops: readonly Promise<void>[];
    private stopped = false;

    private constructor(checks: Readonly<Record<string, Check>>) {
        this.loops = Object.entries(checks).map(async ([name, check]) => this.poll(name, check));
    }

    /** Measures the acknowledgements of each signal, and the responses of each backend. */
    static start(load: LoadGenerator): InterruptionMeter {
        const signals = SIGNALS.map((signal): [string, Check] => {
            let before = load.countAccepted(signal);
            const check = (): boolean => {
                const now = load.countAccepted(signal);
                const hasIncreased = now > before;
                before = now;
                return hasIncreased;
            };
            return [`no ${signal} acknowledged`, check];
        });
        const backends = STATEFUL_BACKENDS.map((name): [string, Check] => [
            `no response of ${name}`,
            async () => isResponding(name),
        ]);
        return new InterruptionMeter(Object.fromEntries([...signals, ...backends]));
    }

    /** Ends the measurement, and returns the seconds of each check. */
    async stop(): Promise<Readonly<Record<string, number>>> {
        this.stopped = true;
        await Promise.all(this.loops);
        return Object.fromEntries([...this.longestMs].map(([name, ms]) => [name, toSeconds(ms)]));
    }

    private async poll(name: string, check: Check): Promise<void> {
        let succeededAt = performance.now();
        while (!this.stopped) {
            const succeeds = await check();
            const now = performance.now();
            this.longestMs.set(name, Math.max(this.longestMs.get(name) ?? 0, now - succeededAt));
            succeededAt = succeeds ? now : succeededAt;
            await sleep(POLL_INTERVAL_MS);
        }
    }
}

async function isResponding(name: StatefulBackend): Promise<boolean> {
    const ports = BACKEND_PORTS[name];
    try {
        const signal = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
        const response = await fetch(nodePortUrl(ports) + ports.healthPath, { signal });
        await response.text();
        return response.ok;
    } catch {
        return false;
    }
}

/** Waits for a time without retries. Returns the seconds from now until the last retry. */
export async function waitForLastRetry(load: LoadGenerator, quietMs: number): Promise<number> {
    const countRetries = (): number => SIGNALS.reduce((sum, signal) => sum + load.countRetries(signal), 0);
    const start = performance.now();
    let [retries, at] = [countRetries(), start];
    while (performance.now() - at < quietMs) {
        await sleep(POLL_INTERVAL_MS);
        if (countRetries() > retries) {
            [retries, at] = [countRetries(), performance.now()];
        }
    }
    return toSeconds(at - start);
}

/** Returns the seconds until the promise resolves. */
export async function measureSeconds(work: Promise<unknown>): Promise<number> {
    const start = performance.now();
    await work;
    return toSeconds(performance.now() - start);
}

function toSeconds(ms: number): number {
    return Math.round(ms / 100) / 10;
}
