import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { sandboxEnv } from "../../../sandbox/environment";
import { createDeadline } from "../../../tools/verify/deadline";
import { listObjects, kubectl, NAMESPACE, type NamedObject } from "./cluster";
import { findPodProcesses } from "./pod-processes";

interface Pod extends NamedObject {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const POLL_INTERVAL_MS = 200;
/** The grace period and the start. */
const EVICTION_TIMEOUT_SECONDS = 90;

/** Kills the Collector's process with SIGKILL, like the OOM killer. */
export async function killCollector(): Promise<void> {
    await killProgram("otel-collector", "/otelcol-contrib");
}

/** Kills the process of Prometheus with SIGKILL. */
export async function killPrometheus(): Promise<void> {
    await killProgram("prometheus", "/bin/prometheus");
}

/** @param program Its path in the image. */
async function killProgram(name: string, program: string): Promise<void> {
    const { metadata } = await getOnlyPod(name);
    const [pid] = findPodProcesses(metadata.uid, ([command]) => command === program);
    if (pid === undefined) {
        // The kubelet delays the restart after a crash.
        await sleep(POLL_INTERVAL_MS);
        return killProgram(name, program);
    }
    process.kill(pid, "SIGKILL");
}

/** Deletes the named pod without grace period. Returns the seconds until the replacement is ready. */
export async function measureReplacement(name: string, withinSeconds: number): Promise<number> {
    const before = await getOnlyPod(name);
    const replaced = waitForReplacement(name, before, withinSeconds);
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

/** Evicts the named pod as a drain does, and waits until the replacement is ready. */
export async function evictPod(name: string): Promise<void> {
    const before = await getOnlyPod(name);
    const metadata = { name: before.metadata.name, namespace: NAMESPACE };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/${before.metadata.name}/eviction`;
    await execa("kubectl", ["create", "--raw", path, "--filename=-"], {
        env: sandboxEnv(),
        input: JSON.stringify({ apiVersion: "policy/v1", kind: "Eviction", metadata }),
    });
    await waitForReplacement(name, before, EVICTION_TIMEOUT_SECONDS);
}

async function getOnlyPod(name: string): Promise<Pod> {
    const [pod] = await listPods(name);
    if (pod === undefined) {
        throw new Error(`there is no pod of ${name}`);
    }
    return pod;
}

/** Seconds until the replacement pod exists and is ready. */
async function waitForReplacement(name: string, before: Pod, withinSeconds: number): Promise<number> {
    const start = performance.now();
    const deadline = createDeadline(withinSeconds);
    for (;;) {
        const pods = await listPods(name);
        if (pods.some((pod) => pod.metadata.uid !== before.metadata.uid && isReady(pod))) {
            return (performance.now() - start) / 1000;
        }
        if (deadline.remaining() === 0) {
            throw new Error(`${name} was not ready again within ${withinSeconds} s`);
        }
        await sleep(POLL_INTERVAL_MS);
    }
}

async function listPods(name: string): Promise<readonly Pod[]> {
    return listObjects<Pod>("pods", "--selector", `app.kubernetes.io/name=${name}`);
}

function isReady({ status }: Pod): boolean {
    return (status.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True");
}
