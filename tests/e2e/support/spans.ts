import { createHash } from "node:crypto";
import { messageOf } from "../../../tools/verify/http";
import { deadlineIn, lookUntil } from "../../../tools/verify/timing";
import { apply, kubectl, NAMESPACE, PATIENCE } from "./cluster";
import { settingsOf, targetStack } from "./stack";

const STORED_WITHIN_SECONDS = 180;
const LOOK_EVERY_MS = 1_000;

/** A pod that sends spans. */
export interface Spans {
    /** Name of the pod, and of the service in the traces. */
    readonly name: string;
    readonly namespace: string;
    /** How many traces it sends in all. */
    readonly count: number;
}

export interface Rate {
    /** Traces a second. */
    readonly perSecond: number;
    readonly seconds: number;
    /** Spans of each trace beside its first. @default 1 */
    readonly children?: number;
    /** Whether each span has an error. @default false */
    readonly failed?: boolean;
    /** Where the pod stands. It is made if it is not there. @default NAMESPACE */
    readonly namespace?: string;
}

/** A Namespace for such pods: the policies of a stack deny those beside it every connection. */
export const SENDERS_NAMESPACE = `${NAMESPACE}-senders`;

/** Starts a pod that sends traces to the collector's Service, and returns when it runs. */
export async function startSpans(
    name: string,
    { perSecond, seconds, children = 1, failed = false, namespace = NAMESPACE }: Rate,
): Promise<Spans> {
    const count = perSecond * seconds;
    const options = [
        `--otlp-endpoint=otel-collector.${NAMESPACE}:4317`,
        "--otlp-insecure",
        `--service=${name}`,
        `--traces=${count}`,
        `--child-spans=${children}`,
        // The rate counts a trace's children as well.
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
        `--image=${settingsOf(targetStack()).images.telemetrygen}`,
        "--restart=Never",
        "--",
        "traces",
        ...options,
    );
    await kubectl("wait", "-n", namespace, `pod/${name}`, "--for=condition=Ready", PATIENCE);
    return { name, namespace, count };
}

/** Waits until the pod has sent all, then counts the traces that Jaeger has of it; fewer are counted again for a while. */
export async function storedSpans({ name, namespace, count }: Spans): Promise<number> {
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", namespace, `pod/${name}`, ended, PATIENCE);
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/jaeger:16686/proxy`;
    const query = `${proxy}/api/traces?service=${name}&limit=${2 * count}&lookback=1h`;
    let stored = 0;
    await lookUntil(deadlineIn(STORED_WITHIN_SECONDS), LOOK_EVERY_MS, async () => {
        try {
            stored = (JSON.parse(await kubectl("get", "--raw", query)) as { data: unknown[] }).data.length;
        } catch (error) {
            return { state: "absent", why: messageOf(error) };
        }
        return stored >= count ? { state: "found" } : { state: "absent", why: `${stored} traces` };
    });
    return stored;
}

/** The same ids in each run, as they decide which traces a sampler keeps and which pod they go to; others for each service. */
export function traceIdOf(service: string, number: number): string {
    return createHash("md5").update(`${service} ${number}`).digest("hex");
}
