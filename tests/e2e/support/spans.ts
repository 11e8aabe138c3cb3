import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl, NAMESPACE, PATIENCE } from "./cluster";

const IMAGE = "localhost/otel-sandbox/telemetrygen:0.161.0";
const STORED_WITHIN_MS = 180_000;

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
    await kubectl("run", name, "-n", NAMESPACE, `--image=${IMAGE}`, "--restart=Never", "--", "traces", ...options);
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, "--for=condition=Ready", PATIENCE);
    return { name, count };
}

/** Waits until the pod has sent all, then counts the traces that Jaeger has of it; fewer are counted again for a while. */
export async function storedSpans({ name, count }: Spans): Promise<number> {
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, ended, PATIENCE);
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/jaeger:16686/proxy`;
    const deadline = Date.now() + STORED_WITHIN_MS;
    for (;;) {
        const answer = await kubectl(
            "get",
            "--raw",
            `${proxy}/api/traces?service=${name}&limit=${2 * count}&lookback=1h`,
        );
        const stored = (JSON.parse(answer) as { data: unknown[] }).data.length;
        if (stored >= count || Date.now() > deadline) {
            return stored;
        }
        await sleep(1000);
    }
}

/** The same ids in each run, as they decide which traces a sampler keeps and which pod they go to; others for each service. */
export function traceIdOf(service: string, number: number): string {
    return createHash("md5").update(`${service} ${number}`).digest("hex");
}
