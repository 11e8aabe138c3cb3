import { PortForward } from "../../../tools/verify/port-forward";
import { listObjects, sumPodMetric, type NamedObject, NAMESPACE } from "./cluster";
import { postOtlp } from "./otlp-requests";
import { TARGET } from "./target";

interface Pod extends NamedObject {
    readonly metadata: NamedObject["metadata"] & { readonly deletionTimestamp?: string };
    readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
}

/** Names of the workload's ready pods, without terminating ones, which stay ready until their queues are empty. */
export async function listReadyPods(name: string): Promise<string[]> {
    const pods = await listObjects<Pod>("pods", "--selector", `app.kubernetes.io/name=${name}`);
    return pods
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .filter(({ status }) => status.containerStatuses?.every(({ ready }) => ready))
        .map(({ metadata }) => metadata.name);
}

/** Number of spans that a pod has accepted. */
export async function countAcceptedSpans(pod: string): Promise<number> {
    return sumPodMetric(`pods/${pod}`, "otelcol_receiver_accepted_spans{");
}

/** Sends spans to one pod of the Collector. */
export async function sendSpansToPod(pod: string, requests: readonly object[]): Promise<void> {
    const forward = new PortForward(`kubectl port-forward -n ${NAMESPACE} pod/${pod} 4318:4318`, TARGET.env);
    try {
        for (const resourceSpans of requests) {
            await postOtlp(forward, "traces", { resourceSpans: [resourceSpans] });
        }
    } finally {
        await forward.close();
    }
}
