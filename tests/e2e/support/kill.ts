import { setTimeout as sleep } from "node:timers/promises";
import { findProcesses } from "../../../sandbox/processes";
import { deadlineIn } from "../../../tools/verify/timing";
import { get, kubectl, NAMESPACE, type Named } from "./cluster";

interface Pod extends Named {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const LOOK_EVERY_MS = 200;

/** Kills the Collector's process, as the kernel does one that takes too much memory: it gets to do nothing more. */
export async function killCollector(): Promise<void> {
    const [pid] = findProcesses(([program = "", ...args]) => program === "/otelcol-contrib" && args.length > 0);
    if (pid === undefined) {
        // Kubernetes waits a little before it starts one again that has just been killed.
        await sleep(LOOK_EVERY_MS);
        return killCollector();
    }
    process.kill(pid, "SIGKILL");
}

/** Deletes the one pod of that name without grace; returns the seconds until the next one is ready. */
export async function secondsToReplace(name: string, withinSeconds: number): Promise<number> {
    const [before] = await podsOf(name);
    if (before === undefined) {
        throw new Error(`there is no pod of ${name}`);
    }
    const start = performance.now();
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
