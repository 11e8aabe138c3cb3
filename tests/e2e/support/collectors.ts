import assert from "node:assert/strict";
import { sandboxEnv } from "../../../sandbox/environment";
import { PortForward } from "../../../tools/verify/port-forward";
import { get, kubectl, NAMESPACE, type Named } from "./cluster";

interface Pod extends Named {
    readonly metadata: Named["metadata"] & { readonly deletionTimestamp?: string };
    readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
}

/** Names of the ready pods of a workload. */
export async function readyPods(name: string): Promise<string[]> {
    const pods = await get<Pod>("pods", "--selector", `app.kubernetes.io/name=${name}`);
    return pods
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .filter(({ status }) => status.containerStatuses?.every(({ ready }) => ready))
        .map(({ metadata }) => metadata.name);
}

/** Spans that a pod has taken so far. */
export async function acceptedBy(pod: string): Promise<number> {
    const metrics = await kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/pods/${pod}:8888/proxy/metrics`);
    const counts = [...metrics.matchAll(/^otelcol_receiver_accepted_spans\{.*\} (\S+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Sends requests with spans to one pod of the Collector's, and to no other. */
export async function sendTo(pod: string, requests: readonly object[]): Promise<void> {
    const forward = new PortForward(`kubectl port-forward -n ${NAMESPACE} pod/${pod} 4318:4318`, sandboxEnv());
    try {
        for (const resourceSpans of requests) {
            const response = await fetch(`${await forward.url()}/v1/traces`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify({ resourceSpans: [resourceSpans] }),
            });
            assert.equal(response.status, 200, await response.text());
        }
    } finally {
        await forward.close();
    }
}
