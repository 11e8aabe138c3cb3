import { createHash } from "node:crypto";
import { describeError } from "../../../tools/verify/json-client";
import { createDeadline, pollUntil } from "../../../tools/verify/deadline";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { readStackSettings, configureTargetStack } from "./stack";

const STORE_TIMEOUT_SECONDS = 180;
const POLL_INTERVAL_MS = 1_000;

/** A pod that sends spans. */
export interface SpanSender {
    /** Name of the pod, and of the service in the traces. */
    readonly name: string;
    readonly namespace: string;
    /** Total number of traces. */
    readonly count: number;
}

export interface SpanRate {
    /** Traces per second. */
    readonly perSecond: number;
    readonly seconds: number;
    /** Child spans of each trace. @default 1 */
    readonly children?: number;
    /** Whether each span has status ERROR. @default false */
    readonly failed?: boolean;
    /** Namespace of the pod. Created if it does not exist. @default NAMESPACE */
    readonly namespace?: string;
}

/** A separate Namespace, because a stack's policies deny all connections of other pods in its own Namespace. */
export const SENDERS_NAMESPACE = `${NAMESPACE}-senders`;

/** Starts a pod that sends traces to the Collector's Service, and returns when it is running. */
export async function startSpanSender(
    name: string,
    { perSecond, seconds, children = 1, failed = false, namespace = NAMESPACE }: SpanRate,
): Promise<SpanSender> {
    const count = perSecond * seconds;
    const options = [
        `--otlp-endpoint=otel-collector.${NAMESPACE}:4317`,
        "--otlp-insecure",
        `--service=${name}`,
        `--traces=${count}`,
        `--child-spans=${children}`,
        // The rate counts child spans too.
        `--rate=${(1 + children) * perSecond}`,
        ...(failed ? ["--status-code=Error"] : []),
    ];
    if (namespace !== NAMESPACE) {
        await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    }
    await kubectl(
        "run",
        name,
        "-n",
        namespace,
        `--image=${readStackSettings(configureTargetStack()).images.telemetrygen}`,
        "--restart=Never",
        "--",
        "traces",
        ...options,
    );
    await kubectl("wait", "-n", namespace, `pod/${name}`, "--for=condition=Ready", KUBECTL_TIMEOUT);
    return { name, namespace, count };
}

/** Waits until the pod has sent all traces, then counts them in Jaeger, and retries while some are missing. */
export async function countStoredTraces({ name, namespace, count }: SpanSender): Promise<number> {
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", namespace, `pod/${name}`, ended, KUBECTL_TIMEOUT);
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/jaeger:16686/proxy`;
    const query = `${proxy}/api/traces?service=${name}&limit=${2 * count}&lookback=1h`;
    let stored = 0;
    await pollUntil(createDeadline(STORE_TIMEOUT_SECONDS), POLL_INTERVAL_MS, async () => {
        try {
            stored = (JSON.parse(await kubectl("get", "--raw", query)) as { data: unknown[] }).data.length;
        } catch (error) {
            return { state: "absent", why: describeError(error) };
        }
        return stored >= count ? { state: "found" } : { state: "absent", why: `${stored} traces` };
    });
    return stored;
}

/**
 * The same ids in each run, because they decide which traces a sampler keeps and which pod they go to. They differ for
 * each service.
 */
export function deriveTraceId(service: string, number: number): string {
    return createHash("md5").update(`${service} ${number}`).digest("hex");
}
