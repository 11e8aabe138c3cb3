import { PortForward } from "../../../tools/verify/port-forward";
import { get, metricOf, type Named, NAMESPACE } from "./cluster";
import { post } from "./requests";
import { TARGET } from "./target";

interface Pod extends Named {
    readonly metadata: Named["metadata"] & { readonly deletionTimestamp?: string };
    readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
}

/** Names of the ready pods of a workload that stay: one that leaves is ready until it has sent what it holds. */
export async function readyPods(name: string): Promise<string[]> {
    const pods = await get<Pod>("pods", "--selector", `app.kubernetes.io/name=${name}`);
    return pods
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .filter(({ status }) => status.containerStatuses?.every(({ ready }) => ready))
        .map(({ metadata }) => metadata.name);
}

/** Spans that a pod has taken so far. */
export async function acceptedBy(pod: string): Promise<number> {
    return metricOf(`pods/${pod}`, "otelcol_receiver_accepted_spans{");
}

/** Sends requests with spans to one pod of the Collector's, and to no other. */
export async function sendTo(pod: string, requests: readonly object[]): Promise<void> {
    const forward = new PortForward(`kubectl port-forward -n ${NAMESPACE} pod/${pod} 4318:4318`, TARGET.env);
    try {
        for (const resourceSpans of requests) {
            await post(forward, "traces", { resourceSpans: [resourceSpans] });
        }
    } finally {
        await forward.close();
    }
}
