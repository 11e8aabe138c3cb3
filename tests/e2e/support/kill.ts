import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { sandboxEnv } from "../../../sandbox/environment";
import { cgroupOf, findProcesses } from "../../../sandbox/processes";
import { deadlineIn } from "../../../tools/verify/timing";
import { get, kubectl, NAMESPACE, type Named } from "./cluster";

interface Pod extends Named {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const LOOK_EVERY_MS = 200;
/** Its grace, and a start. */
const EVICTED_WITHIN_SECONDS = 90;

/** Kills the Collector's process, as the kernel does one that takes too much memory: it gets to do nothing more. */
export async function killCollector(): Promise<void> {
    await kill("otel-collector", "/otelcol-contrib");
}

/** Kills the process of Prometheus in the same way. */
export async function killPrometheus(): Promise<void> {
    await kill("prometheus", "/bin/prometheus");
}

/** @param program Its path in the image. */
async function kill(name: string, program: string): Promise<void> {
    const { metadata } = await onlyPod(name);
    const [pid] = findProcesses(([command]) => command === program).filter((found) =>
        cgroupOf(found).includes(metadata.uid),
    );
    if (pid === undefined) {
        // Kubernetes waits a little before it starts one again that has just been killed.
        await sleep(LOOK_EVERY_MS);
        return kill(name, program);
    }
    process.kill(pid, "SIGKILL");
}

/** Deletes the one pod of that name without grace; returns the seconds until the next one is ready. */
export async function secondsToReplace(name: string, withinSeconds: number): Promise<number> {
    const before = await onlyPod(name);
    const replaced = secondsUntilReplaced(name, before, withinSeconds);
    await kubectl(
        "delete",
        "pod",
        "-n",
        NAMESPACE,
        before.metadata.name,
        "--grace-period=0",
        "--force",
        "--wait=false",
    );
    return replaced;
}

/** Asks the one pod of that name to go, as a drain of its node does, and waits until the next one is ready. */
export async function evict(name: string): Promise<void> {
    const before = await onlyPod(name);
    const metadata = { name: before.metadata.name, namespace: NAMESPACE };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${before.metadata.name}/eviction`;
    await execa("kubectl", ["create", "--raw", path, "--filename=-"], {
        env: sandboxEnv(),
        input: JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata }),
    });
    await secondsUntilReplaced(name, before, EVICTED_WITHIN_SECONDS);
}

async function onlyPod(name: string): Promise<Pod> {
    const [pod] = await podsOf(name);
    if (pod === undefined) {
        throw new Error(`there is no pod of ${name}`);
    }
    return pod;
}

/** Seconds until there is another pod, and it is ready. */
async function secondsUntilReplaced(name: string, before: Pod, withinSeconds: number): Promise<number> {
    const start = performance.now();
    const deadline = deadlineIn(withinSeconds);
    for (;;) {
        const pods = await podsOf(name);
        if (pods.some((pod) => pod.metadata.uid !== before.metadata.uid && isReady(pod))) {
            return (performance.now() - start) / 1000;
        }
        if (deadline.remaining() === 0) {
            throw new Error(`${name} was not ready again within ${withinSeconds} s`);
        }
        await sleep(LOOK_EVERY_MS);
    }
}

async function podsOf(name: string): Promise<readonly Pod[]> {
    return get<Pod>("pods", "--selector", `app.kubernetes.io/name=${name}`);
}

function isReady({ status }: Pod): boolean {
    return (status.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True");
}
