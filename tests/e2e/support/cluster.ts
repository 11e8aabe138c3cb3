import { execa } from "execa";
import { pulumiOutput, type Stack } from "../../../tools/stack/stack";
import { CONCURRENT_NAMESPACES, SHARD } from "./shards";
import { eventually } from "./query-assertions";
import { ON_SANDBOX, TARGET } from "./target";

export const NAMESPACE = SHARD.namespace;
/** Namespace of cluster telemetry. */
export const AGENT_NAMESPACE = `${NAMESPACE}-agent`;

/** Timeout of kubectl. Only a failing test waits that long, even on a slow machine. */
export const KUBECTL_TIMEOUT = "--timeout=300s";

export interface NamedObject {
    readonly metadata: { readonly name: string; readonly uid: string };
}

export async function kubectl(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa("kubectl", args, { env: TARGET.env });
    return stdout;
}

/** Runs `kubectl apply` for some objects. On the server, so that two calls at once can create the same Namespace. */
export async function apply(...objects: readonly object[]): Promise<void> {
    const input = objects.map((object) => JSON.stringify(object)).join("\n---\n");
    await execa("kubectl", ["apply", "--server-side", "--force-conflicts", "--filename=-"], { env: TARGET.env, input });
}

/** Objects in the stack's Namespace, as `kubectl get -o json` returns them. */
export async function listObjects<T>(kind: string, ...args: readonly string[]): Promise<T[]> {
    const list = await kubectl("get", kind, "--namespace", NAMESPACE, "--output", "json", ...args);
    return (JSON.parse(list) as { items: T[] }).items;
}

export async function listNames(kind: string): Promise<string[]> {
    return (await listObjects<NamedObject>(kind)).map(({ metadata }) => metadata.name);
}

interface Pod extends NamedObject {
    readonly status: { readonly containerStatuses: readonly { restartCount: number; lastState: object }[] };
}

/** All containers of the stack with their state. */
export async function listContainers(): Promise<unknown[]> {
    const pods = await listObjects<Pod>("pods", "-l", "app.kubernetes.io/part-of=otel-stack");
    return pods.map(({ metadata, status }) => [
        metadata.name,
        metadata.uid,
        status.containerStatuses.map(({ restartCount, lastState }) => [restartCount, lastState]),
    ]);
}

/** The output that a user checks first after a failure. */
export async function describeStackState(): Promise<string> {
    const asked = [
        ["top", "node"],
        ["get", "pods", "-n", NAMESPACE, "-o", "wide"],
        ["get", "events", "-n", NAMESPACE, "--field-selector=type=Warning", "--sort-by=.lastTimestamp"],
    ];
    const answers = asked.map(async (args) => {
        const { all } = await execa("kubectl", args, { env: TARGET.env, all: true, reject: false });
        return `$ kubectl ${args.join(" ")}\n${all}`;
    });
    return (await Promise.all(answers)).join("\n");
}

const KINDS_SETTLE_SECONDS = 12;
const KIND_AND_NAME = "{.kind}/{.metadata.name}";

/**
 * All objects with the stack's label, of every kind and Namespace, except those of other stacks: other shards, or other
 * users of an external cluster. A pod's metrics object is no object of the stack.
 */
export async function listStackObjects(): Promise<string[]> {
    // Other shards add kinds to the cluster and remove them at the same time.
    const objects = await eventually(fetchLabelledObjects, KINDS_SETTLE_SECONDS);
    // Matches a Namespace, or a cluster-scoped object with its name as prefix.
    const isOf = (name: string, line: string): boolean => line.split(/[ /]/).some((word) => word.startsWith(name));
    return objects
        .split("\n")
        .filter((line) => line !== "" && !CONCURRENT_NAMESPACES.some((name) => isOf(name, line)))
        .filter((line) => ON_SANDBOX || isOf(NAMESPACE, line));
}

async function fetchLabelledObjects(): Promise<string> {
    const kinds = await kubectl("api-resources", "--verbs=list,delete", "--output=name");
    const everywhere = ["--all-namespaces", "--selector=app.kubernetes.io/part-of=otel-stack"];
    const lines = `--output=jsonpath={range .items[*]}{.metadata.namespace} ${KIND_AND_NAME}{"\\n"}{end}`;
    return kubectl("get", kinds.trim().replaceAll("\n", ","), "--ignore-not-found", ...everywhere, lines);
}

/** Sum of one of the Collector's own metrics over the series with the given labels, such as `exporter="debug"`. */
export async function sumCollectorMetric(start: string, ...having: readonly string[]): Promise<number> {
    return sumPodMetric("services/otel-collector", start, ...having);
}

/** The samples of the Collector's own metrics that count what it refused or could not send. */
export async function listCollectorFailures(): Promise<readonly string[]> {
    const lines = await listSamples("services/otel-collector");
    return lines.filter((line) => /^otelcol_\w+_(?:failed|refused|dropped)_/.test(line) && !line.endsWith(" 0"));
}

/** The same for one pod, `pods/NAME`, or any pod of a Service, `services/NAME`. */
export async function sumPodMetric(at: string, start: string, ...having: readonly string[]): Promise<number> {
    return (await listSamples(at))
        .filter((line) => line.startsWith(start) && having.every((text) => line.includes(text)))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function listSamples(at: string): Promise<readonly string[]> {
    return (await kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/${at}:8888/proxy/metrics`)).split("\n");
}

/** How many resources the last update created, updated, replaced or deleted. Empty if it changed nothing. */
export async function getLastChanges(stack: Stack): Promise<Readonly<Record<string, number>>> {
    const history = await pulumiOutput(stack, ["stack", "history", "--json", "--page-size", "1"]);
    const [last] = JSON.parse(history) as { resourceChanges?: Record<string, number> }[];
    const changes = Object.entries(last?.resourceChanges ?? {}).filter(([operation]) => operation !== "same");
    return Object.fromEntries(changes);
}
