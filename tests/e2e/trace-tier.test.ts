import assert from "node:assert/strict";
import { SERVICE_LABEL, SPAN_METRICS } from "../../components/telemetry/names";
import { kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { countAcceptedSpans, listReadyPods, sendSpansToPod } from "./support/collector-pods";
import { assertIsolated, allowOtlpFromNamespace } from "./support/isolation";
import { eventually } from "./support/query-assertions";
import {
    SENDERS_NAMESPACE,
    type SpanSender,
    startSpanSender,
    countStoredTraces,
    deriveTraceId,
} from "./support/span-sender-pod";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its senders run images of the sandbox");

const SERVICE = "e2e-tiers";
const TRACE_COUNT = 200;
/** One of this many traces has an error, in its last span. */
const TRACES_PER_FAILURE = 4;
/** Each span of a trace is sent in a separate request, alternately to the two Collectors of the ingest tier. */
const SPANS_PER_TRACE = 6;
const SENDERS = ["tiers-a", "tiers-b"];
const RATE = { perSecond: 20, seconds: 45, children: 3, failed: true, namespace: SENDERS_NAMESPACE };
/** A trace waits for its decision, and metrics are flushed and scraped. */
const COUNT_TIMEOUT_SECONDS = 90;

/** Only traces with errors are kept. Nothing else sends telemetry. */
const stack = configureStack("sandbox", {
    topology: "two-tier",
    "collector.replicas": 2,
    ...allowOtlpFromNamespace(SENDERS_NAMESPACE),
    // Longer than sending all spans of a trace takes, through both Collectors.
    tailSampling: { enabled: true, samplingRatio: 0, latencyThreshold: "1h", decisionWait: "20s" },
    "spanMetrics.flushInterval": "5s",
    "shop.enabled": false,
    "telemetrygen.enabled": false,
});

interface Trace {
    readonly traceID: string;
    readonly spans: readonly { readonly spanID: string }[];
}

function isFailedTrace(trace: number): boolean {
    return trace % TRACES_PER_FAILURE === 0;
}

/** The nth span of each trace. */
function renderSpans(number: number): object {
    const end = BigInt(Date.now()) * 1_000_000n;
    const spans = Array.from({ length: TRACE_COUNT }, (_, index) => index + 1).map((trace) => ({
        traceId: deriveTraceId(SERVICE, trace),
        spanId: (trace * SPANS_PER_TRACE + number).toString(16).padStart(16, "0"),
        name: "step",
        kind: 1,
        startTimeUnixNano: String(end - 1_000_000n),
        endTimeUnixNano: String(end),
        status: isFailedTrace(trace) && number === SPANS_PER_TRACE - 1 ? { code: 2 } : {},
    }));
    const resource = { attributes: [{ key: "service.name", value: { stringValue: SERVICE } }] };
    return { resource, scopeSpans: [{ spans }] };
}

async function getThroughProxy<T>(service: string, path: string): Promise<T> {
    const answer = await kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/${path}`);
    return (JSON.parse(answer) as { data: T }).data;
}

async function listStoredTraces(service: string): Promise<readonly Trace[]> {
    return getThroughProxy("jaeger:16686", `api/traces?service=${service}&limit=5000&lookback=1h`);
}

/** Calls of the service that each trace-tier pod has counted. */
async function countSpansByPod(service: string): Promise<ReadonlyMap<string, number>> {
    const query = encodeURIComponent(`sum by (instance) (${SPAN_METRICS.calls}{${SERVICE_LABEL}="${service}"})`);
    const { result } = await getThroughProxy<{ result: { metric: { instance: string }; value: [number, string] }[] }>(
        "prometheus:9090",
        `api/v1/query?query=${query}`,
    );
    return new Map(result.map(({ metric, value }) => [metric.instance, Number(value[1])]));
}

function sum(numbers: Iterable<number>): number {
    return [...numbers].reduce((all, number) => all + number, 0);
}

describe("two-tier topology", () => {
    let traceTier: readonly string[] = [];

    before(async () => {
        await pulumiUp(stack);
        traceTier = (await listReadyPods("otel-collector-traces")).sort();
        assert.deepEqual(traceTier, ["otel-collector-traces-0", "otel-collector-traces-1"]);
    });

    after(async () => {
        await kubectl("delete", "namespace", SENDERS_NAMESPACE, "--ignore-not-found", "--wait=false");
        await pulumiUp(configureStack("sandbox"));
    });

    it("keeps each trace with an error complete, whichever Collectors received its spans", async () => {
        const collectors = await listReadyPods("otel-collector");
        assert.equal(collectors.length, 2);
        const numbers = Array.from({ length: SPANS_PER_TRACE }, (_, number) => number);
        await Promise.all(
            collectors.map((pod, index) =>
                sendSpansToPod(pod, numbers.filter((number) => number % collectors.length === index).map(renderSpans)),
            ),
        );
        const accepted = await Promise.all(collectors.map(countAcceptedSpans));
        assert.ok(
            accepted.every((spans) => spans >= (TRACE_COUNT * SPANS_PER_TRACE) / 2),
            `the Collectors have accepted ${accepted.join(" and ")} spans`,
        );
        const failed = Array.from({ length: TRACE_COUNT }, (_, index) => index + 1).filter(isFailedTrace);
        await eventually(async () => {
            const traces = await listStoredTraces(SERVICE);
            assert.deepEqual(
                traces.map(({ traceID }) => traceID).sort(),
                failed.map((trace) => deriveTraceId(SERVICE, trace)).sort(),
            );
            for (const { traceID, spans } of traces) {
                assert.equal(new Set(spans.map(({ spanID }) => spanID)).size, SPANS_PER_TRACE, traceID);
            }
        }, COUNT_TIMEOUT_SECONDS);
    });

    it("counts a part of the spans in each trace-tier pod, and together all of them", async () => {
        await eventually(async () => {
            const counted = await countSpansByPod(SERVICE);
            console.log(`        ${[...counted].map(([pod, spans]) => `${pod}: ${spans} spans`).join(", ")}`);
            assert.deepEqual([...counted.keys()].sort(), traceTier);
            assert.ok([...counted.values()].every((spans) => spans > (TRACE_COUNT * SPANS_PER_TRACE) / 10));
            assert.equal(sum(counted.values()), TRACE_COUNT * SPANS_PER_TRACE);
        }, COUNT_TIMEOUT_SECONDS);
    });

    it("delivers all signals", async () => {
        await assertVerified(stack);
    });

    it("opens only the ports of its flows", async () => {
        await assertIsolated(stack);
    });

    it("loses no span when a trace-tier pod is replaced", async () => {
        const sent: readonly SpanSender[] = await Promise.all(SENDERS.map((name) => startSpanSender(name, RATE)));
        const [pod = ""] = traceTier;
        const uid = () => kubectl("get", "pod", "-n", NAMESPACE, pod, "--output=jsonpath={.metadata.uid}");
        const before = await uid();
        await kubectl("delete", "pod", "-n", NAMESPACE, pod);
        await eventually(async () => {
            assert.notEqual(await uid(), before);
        }, COUNT_TIMEOUT_SECONDS);
        await kubectl("wait", "-n", NAMESPACE, `pod/${pod}`, "--for=condition=Ready", KUBECTL_TIMEOUT);
        for (const spans of sent) {
            const { name, count } = spans;
            assert.equal(await countStoredTraces(spans), count, name);
            await eventually(async () => {
                const spans = (await listStoredTraces(name)).flatMap((trace) =>
                    trace.spans.map(({ spanID }) => spanID),
                );
                console.log(`        ${name}: ${spans.length} spans, ${new Set(spans).size} of them different`);
                assert.equal(new Set(spans).size, count * (1 + RATE.children), name);
            }, COUNT_TIMEOUT_SECONDS);
        }
        assert.ok((await countAcceptedSpans(pod)) > 0, "the new pod has taken no part");
    });
});
