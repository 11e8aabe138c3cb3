import assert from "node:assert/strict";
import * as path from "node:path";
import { execa } from "execa";
import type { Flow } from "../../../components/network-policies/flow";
import { endpointName } from "../../../components/network-policies/render";
import { TOOLBOX_IMAGE } from "../../../sandbox/images";
import { renderProgram, readStackSettings } from "../../../tools/render/program";
import { findFlows } from "../../../tools/checks/cyclonus";
import type { Stack } from "../../../tools/stack/stack";
import { AGENT_NAMESPACE, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { resolvePodNetwork } from "./pod-processes";
import { eventually } from "./query-assertions";

export const NETWORK_POLICIES_ON = { "networkPolicies.enabled": true } as const;

/** NetworkPolicies that allow the pods of a Namespace to send OTLP. */
export function allowOtlpFromNamespace(sender: string): Readonly<Record<string, unknown>> {
    return { ...NETWORK_POLICIES_ON, "networkPolicies.allowOtlpFrom": [{ "kubernetes.io/metadata.name": sender }] };
}

/** A Namespace that no policy allows. */
const UNRELATED_NAMESPACE = `${NAMESPACE}-strangers`;
const UNRELATED_POD = "stranger";
/** The kernel retransmits the first packet of a connection after one second, and after two more. */
const CONNECT_TIMEOUT_MS = 2_000;
/** An allowed connection may be slow on a busy machine. A denied one never opens. */
const ALLOWED_TIMEOUT_SECONDS = 30;

interface Pod {
    readonly metadata: {
        readonly name: string;
        readonly namespace: string;
        readonly uid: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly deletionTimestamp?: string;
    };
    readonly spec: {
        readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
    };
    readonly status: { readonly phase: string; readonly podIP: string };
}

interface Port {
    readonly pod: Pod;
    readonly port: number;
}

/**
 * Opens connections to every port of every pod: from each pod of the stack, from a pod in another Namespace, and from a
 * pod without the stack's labels in the stack's Namespace. Asserts that exactly the stack's flows are open.
 */
export async function assertIsolated(stack: Stack): Promise<void> {
    const flows = await resolveStackFlows(stack);
    assert.ok(flows.length > 0, "the stack has no policies");
    await startUnrelatedPods();
    try {
        const pods = await listRunningPods(NAMESPACE, AGENT_NAMESPACE, UNRELATED_NAMESPACE);
        const strangers = pods.filter(({ metadata }) => metadata.name === UNRELATED_POD);
        const own = pods.filter((pod) => findWorkload(pod) !== undefined);
        assert.equal(strangers.length, 2);
        const ports = own.flatMap((pod) => listContainerPorts(pod).map((port) => ({ pod, port })));
        assert.ok(ports.length > own.length, "the pods of the stack declare no ports");
        await Promise.all([...strangers, ...own].map((from) => assertConnections(from, ports, flows)));
    } finally {
        await removeUnrelatedPods();
    }
}

/** The ports that are reachable from a pod's network. A closed port responds too, unless a policy blocks it. */
export async function findReachablePorts({ metadata }: Pod, ports: readonly Port[]): Promise<ReadonlySet<Port>> {
    const addresses = ports.map(({ pod, port }) => ({ host: pod.status.podIP, port, timeout: CONNECT_TIMEOUT_MS }));
    const node = [process.execPath, "--eval", CONNECT_SCRIPT, JSON.stringify(addresses)];
    const { stdout } = await execa("nsenter", [resolvePodNetwork(metadata), ...node]);
    const reached = JSON.parse(stdout) as readonly boolean[];
    return new Set(ports.filter((_, index) => reached[index]));
}

/** A Node.js program that reports for each address whether it responds. */
const CONNECT_SCRIPT = `
const { connect } = require("node:net");
const answers = ({ host, port, timeout }) => new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answered) => { clearTimeout(timer); socket.destroy(); resolve(answered); };
    const timer = setTimeout(() => end(false), timeout);
    socket.on("connect", () => end(true));
    socket.on("error", ({ code }) => end(code === "ECONNREFUSED"));
});
Promise.all(JSON.parse(process.argv[1]).map(answers)).then((all) => console.log(JSON.stringify(all)));
`;

export async function listRunningPods(...namespaces: readonly string[]): Promise<readonly Pod[]> {
    const lists = namespaces.map(async (namespace) => {
        const list = await kubectl("get", "pods", "--namespace", namespace, "--output=json");
        return (JSON.parse(list) as { items: Pod[] }).items;
    });
    return (await Promise.all(lists))
        .flat()
        .filter(({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined);
}

export function listContainerPorts({ spec }: Pod): readonly number[] {
    return [...new Set(spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)))];
}

async function resolveStackFlows({ name, configFile }: Stack): Promise<readonly Flow[]> {
    const settings = readStackSettings(name, configFile === undefined ? undefined : path.dirname(configFile));
    const { recorder } = await renderProgram(settings, name);
    return findFlows(recorder);
}

async function assertConnections(from: Pod, ports: readonly Port[], flows: readonly Flow[]): Promise<void> {
    const others = ports.filter(({ pod }) => pod.metadata.uid !== from.metadata.uid);
    const named = ({ pod, port }: Port): string => `${from.metadata.name} -> ${pod.metadata.name}:${port}`;
    const wrong = new Set<string>();
    await eventually(async () => {
        const reached = await findReachablePorts(from, others);
        [...reached].filter((port) => !isAllowed(from, port, flows)).forEach((port) => wrong.add(named(port)));
        const missing = others.filter((port) => isAllowed(from, port, flows) && !reached.has(port));
        assert.deepEqual(missing.map(named), [], "among the flows, and not open");
    }, ALLOWED_TIMEOUT_SECONDS);
    assert.deepEqual([...wrong], [], "open, and not among the flows");
}

function isAllowed(from: Pod, to: Port, flows: readonly Flow[]): boolean {
    const [source, target] = [findWorkload(from), findWorkload(to.pod)];
    return flows.some(
        (flow) => endpointName(flow.from) === source && endpointName(flow.to) === target && flow.port === to.port,
    );
}

/** The workload of a pod, by the label that the policies select. */
function findWorkload({ metadata }: Pod): string | undefined {
    return metadata.labels?.["app.kubernetes.io/part-of"] === "otel-stack"
        ? metadata.labels["app.kubernetes.io/name"]
        : undefined;
}

async function startUnrelatedPods(): Promise<void> {
    await kubectl("create", "namespace", UNRELATED_NAMESPACE);
    const namespaces = [NAMESPACE, UNRELATED_NAMESPACE];
    await Promise.all(
        namespaces.map(async (namespace) => {
            const pod = [UNRELATED_POD, `--namespace=${namespace}`];
            await kubectl("run", ...pod, `--image=${TOOLBOX_IMAGE}`, "--restart=Never", "--", "sleep", "600");
            await kubectl("wait", "pod", ...pod, "--for=condition=Ready", KUBECTL_TIMEOUT);
        }),
    );
}

async function removeUnrelatedPods(): Promise<void> {
    const now = ["--ignore-not-found", "--grace-period=1", KUBECTL_TIMEOUT];
    await kubectl("delete", "pod", UNRELATED_POD, `--namespace=${NAMESPACE}`, ...now);
    await kubectl("delete", "pod", UNRELATED_POD, `--namespace=${UNRELATED_NAMESPACE}`, ...now);
    await kubectl("delete", "namespace", UNRELATED_NAMESPACE, "--ignore-not-found", KUBECTL_TIMEOUT);
}
