import assert from "node:assert/strict";
import { SERVICE_LABEL, SPAN_METRICS } from "../../components/shared/correlation";
import { kubectl, NAMESPACE, PATIENCE } from "./support/cluster";
import { acceptedBy, readyPods, sendTo } from "./support/collectors";
import { assertIsolated, policiesFor } from "./support/isolation";
import { eventually } from "./support/questions";
import { SENDERS_NAMESPACE, type Spans, startSpans, storedSpans, traceIdOf } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its senders run images of the sandbox");

const SERVICE = "e2e-tiers";
const TRACES = 200;
/** One of so many traces fails, in its last span. */
const FAILS_EVERY = 4;
/** Of each trace, each sent by itself, to one Collector of the first tier and then to the other. */
const SPANS = 6;
const SENDERS = ["tiers-a", "tiers-b"];
const RATE = { perSecond: 20, seconds: 45, children: 3, failed: true, namespace: SENDERS_NAMESPACE };
/** A trace is held and sent, and a count is flushed and scraped. */
const SEEN_WITHIN_SECONDS = 90;

/** No trace is kept but those with an error. Nobody else sends. */
const stack = stackWith("sandbox", {
    layout: "two-tier",
    "collector.replicas": 2,
    ...policiesFor(SENDERS_NAMESPACE),
    // Longer than it takes to send all spans of a trace, by one way and by the other.
    tailSampling: { enabled: true, share: 0, slowerThan: "1h", wait: "20s" },
    "spanMetrics.flushInterval": "5s",
    "app.enabled": false,
    "telemetrygen.enabled": false,
});

interface Trace {
    readonly traceID: string;
    readonly spans: readonly { readonly spanID: string }[];
}

function fails(trace: number): boolean {
    return trace % FAILS_EVERY === 0;
}

/** The spans of that number of all traces. */
function spansOf(number: number): object {
    const end = BigInt(Date.now()) * 1_000_000n;
    const spans = Array.from({ length: TRACES }, (_, index) => index + 1).map((trace) => ({
        traceId: traceIdOf(SERVICE, trace),
        spanId: (trace * SPANS + number).toString(16).padStart(16, "0"),
        name: "step",
        kind: 1,
        startTimeUnixNano: String(end - 1_000_000n),
        endTimeUnixNano: String(end),
        status: fails(trace) && number === SPANS - 1 ? { code: 2 } : {},
    }));
    const resource = { attributes: [{ key: "service.name", value: { stringValue: SERVICE } }] };
    return { resource, scopeSpans: [{ spans }] };
}

async function ask<T>(service: string, path: string): Promise<T> {
    const answer = await kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/${path}`);
    return (JSON.parse(answer) as { data: T }).data;
}

async function storedTraces(service: string): Promise<readonly Trace[]> {
    return ask("jaeger:16686", `api/traces?service=${service}&limit=5000&lookback=1h`);
}

/** Calls of the service that each pod of the second tier has counted. */
async function countedBy(service: string): Promise<ReadonlyMap<string, number>> {
    const query = encodeURIComponent(`sum by (instance) (${SPAN_METRICS.calls}{${SERVICE_LABEL}="${service}"})`);
    const { result } = await ask<{ result: { metric: { instance: string }; value: [number, string] }[] }>(
        "prometheus:9090",
        `api/v1/query?query=${query}`,
    );
    return new Map(result.map(({ metric, value }) => [metric.instance, Number(value[1])]));
}

function sum(numbers: Iterable<number>): number {
    return [...numbers].reduce((all, number) => all + number, 0);
}

describe("a stack with two tiers of Collectors", () => {
    let traceTier: readonly string[] = [];

    before(async () => {
        await up(stack);
        traceTier = (await readyPods("otel-collector-traces")).sort();
        assert.deepEqual(traceTier, ["otel-collector-traces-0", "otel-collector-traces-1"]);
    });

    after(async () => {
        await kubectl("delete", "namespace", SENDERS_NAMESPACE, "--ignore-not-found", "--wait=false");
        await up(stackWith("sandbox"));
    });

    it("keeps each trace with an error whole, whichever Collectors its spans came to", async () => {
        const collectors = await readyPods("otel-collector");
        assert.equal(collectors.length, 2);
        const numbers = Array.from({ length: SPANS }, (_, number) => number);
        await Promise.all(
            collectors.map((pod, index) =>
                sendTo(pod, numbers.filter((number) => number % collectors.length === index).map(spansOf)),
            ),
        );
        const taken = await Promise.all(collectors.map(acceptedBy));
        assert.ok(
            taken.every((spans) => spans >= (TRACES * SPANS) / 2),
            `the Collectors have taken ${taken.join(" and ")} spans`,
        );
        const failed = Array.from({ length: TRACES }, (_, index) => index + 1).filter(fails);
        await eventually(async () => {
            const traces = await storedTraces(SERVICE);
            assert.deepEqual(
                traces.map(({ traceID }) => traceID).sort(),
                failed.map((trace) => traceIdOf(SERVICE, trace)).sort(),
            );
            for (const { traceID, spans } of traces) {
                assert.equal(new Set(spans.map(({ spanID }) => spanID)).size, SPANS, traceID);
            }
        }, SEEN_WITHIN_SECONDS);
    });

    it("has each pod of the second tier count a part of the spans, and all of them together", async () => {
        await eventually(async () => {
            const counted = await countedBy(SERVICE);
            console.log(`        ${[...counted].map(([pod, spans]) => `${pod}: ${spans} spans`).join(", ")}`);
            assert.deepEqual([...counted.keys()].sort(), traceTier);
            assert.ok([...counted.values()].every((spans) => spans > (TRACES * SPANS) / 10));
            assert.equal(sum(counted.values()), TRACES * SPANS);
        }, SEEN_WITHIN_SECONDS);
    });

    it("has a way that works for every signal", async () => {
        await verifyHolds(stack);
    });

    it("has no open port but those of its flows", async () => {
        await assertIsolated(stack);
    });

    it("loses no span when a pod of the second tier is replaced meanwhile", async () => {
        const sent: readonly Spans[] = await Promise.all(SENDERS.map((name) => startSpans(name, RATE)));
        const [pod = ""] = traceTier;
        const uid = () => kubectl("get", "pod", "-n", NAMESPACE, pod, "--output=jsonpath={.metadata.uid}");
        const before = await uid();
        await kubectl("delete", "pod", "-n", NAMESPACE, pod);
        await eventually(async () => {
            assert.notEqual(await uid(), before);
        }, SEEN_WITHIN_SECONDS);
        await kubectl("wait", "-n", NAMESPACE, `pod/${pod}`, "--for=condition=Ready", PATIENCE);
        for (const spans of sent) {
            const { name, count } = spans;
            assert.equal(await storedSpans(spans), count, name);
            await eventually(async () => {
                const spans = (await storedTraces(name)).flatMap((trace) => trace.spans.map(({ spanID }) => spanID));
                console.log(`        ${name}: ${spans.length} spans, ${new Set(spans).size} of them different`);
                assert.equal(new Set(spans).size, count * (1 + RATE.children), name);
            }, SEEN_WITHIN_SECONDS);
        }
        assert.ok((await acceptedBy(pod)) > 0, "the new pod has taken no part");
    });
});
