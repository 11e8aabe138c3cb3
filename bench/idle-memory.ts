import { execa } from "execa";
import * as z from "zod";
import { sandboxEnv } from "../sandbox/environment";
import type { Stack } from "../tools/stack/stack";
import type { Figure } from "./figures";

const MIB = 2 ** 20;
const memorySchema = z.object({ workingSetBytes: z.number() });
const summarySchema = z.object({
    node: z.object({ systemContainers: z.array(z.object({ name: z.string(), memory: memorySchema.optional() })) }),
    pods: z.array(
        z.object({ podRef: z.object({ name: z.string(), namespace: z.string() }), memory: memorySchema.optional() }),
    ),
});

/** Measures the working set of each pod and of all pods, as the kubelet reports it. */
export async function measureIdleMemory(stack: Stack): Promise<Figure[]> {
    const { stdout } = await execa("kubectl", ["get", "--raw", "/api/v1/nodes/sandbox/proxy/stats/summary"], {
        env: stack.env,
    });
    const { node, pods } = summarySchema.parse(JSON.parse(stdout));
    const measured = pods
        .map(({ podRef, memory: used }) => ({ ...podRef, bytes: used?.workingSetBytes ?? 0 }))
        .filter(({ bytes }) => bytes > 0)
        .sort((a, b) => b.bytes - a.bytes);
    const all = node.systemContainers.find(({ name }) => name === "pods")?.memory?.workingSetBytes;
    return [
        ...measured.map(({ namespace, name, bytes }) => ({
            what: `memory of pod ${namespace}/${stripHashes(name)}`,
            value: formatMiB(bytes),
        })),
        ...(all === undefined ? [] : [{ what: "memory of all pods", value: formatMiB(all) }]),
        { what: "memory of the node programs (resident)", value: formatMiB(await measureResidentSet()) },
    ];
}

/** Returns the resident memory of the node programs in bytes. Excludes pods. */
async function measureResidentSet(): Promise<number> {
    const names = [
        "etcd",
        "containerd",
        "kube-apiserver",
        "kube-controller",
        "kube-scheduler",
        "kubelet",
        "kube-proxy",
    ];
    const { stdout } = await execa("ps", ["-C", names.join(","), "-o", "rss="], { env: sandboxEnv() });
    return stdout.split("\n").reduce((sum, line) => sum + Number(line) * 1024, 0);
}

function stripHashes(pod: string): string {
    return pod.replace(/(-[0-9a-f]{6,10})?-[a-z0-9]{5}$/, "");
}

function formatMiB(bytes: number): string {
    return `${(bytes / MIB).toFixed(0)} MiB`;
}
