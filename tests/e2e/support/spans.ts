import { createHash } from "node:crypto";
import { messageOf } from "../../../tools/verify/http";
import { deadlineIn, lookUntil } from "../../../tools/verify/timing";
import { kubectl, NAMESPACE, PATIENCE } from "./cluster";
import { settingsOf, targetStack } from "./stack";

const STORED_WITHIN_SECONDS = 180;
const LOOK_EVERY_MS = 1_000;

/** A pod that sends spans. */
export interface Spans {
    /** Name of the pod, and of the service in the traces. */
    readonly name: string;
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
}

/** Starts a pod that sends traces to the collector's Service, and returns when it runs. */
export async function startSpans(
    name: string,
    { perSecond, seconds, children = 1, failed = false }: Rate,
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
    await kubectl(
        "run",
        name,
        "-n",
        NAMESPACE,
        `--image=${settingsOf(targetStack()).images.telemetrygen}`,
        "--restart=Never",
        "--",
        "traces",
        ...options,
    );
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, "--for=condition=Ready", PATIENCE);
    return { name, count };
}

/** Waits until the pod has sent all, then counts the traces that Jaeger has of it; fewer are counted again for a while. */
export async function storedSpans({ name, count }: Spans): Promise<number> {
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, ended, PATIENCE);
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
