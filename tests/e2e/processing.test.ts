import assert from "node:assert/strict";
import type { PortForward } from "../../tools/verify/port-forward";
import { kubectl, NAMESPACE } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { postOtlp } from "./support/otlp-requests";
import { deriveTraceId } from "./support/span-sender-pod";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its senders run images of the sandbox");

const SERVICE = "e2e-processing";
const NORMAL_TRACES = 200;
const SLOW_MS = 1500;
const DECISION_TIMEOUT_SECONDS = 120;
const CARD = "4111111111111111";
const EMAIL = "jane@example.com";

const stack = configureStack("sandbox", {
    redaction: { blockedKeyPatterns: ["(?i)password$", "^user\\.email$"], blockedValuePatterns: ["\\b4[0-9]{15}\\b"] },
    tailSampling: { enabled: true, samplingRatio: 0.2, latencyThreshold: "1s", decisionWait: "2s" },
    "shop.enabled": false,
    "telemetrygen.enabled": false,
});

interface Trace {
    readonly traceID: string;
    readonly spans: readonly { readonly operationName: string }[];
}

const renderStringAttribute = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const resource = {
    attributes: [
        renderStringAttribute("service.name", SERVICE),
        renderStringAttribute("deployment.password", "hunter2"),
    ],
};

function renderSpan(
    name: string,
    number: number,
    more: { readonly ms?: number; readonly failed?: boolean } = {},
): object {
    const { failed = false, ms = 5 } = more;
    const end = BigInt(Date.now()) * 1_000_000n;
    return {
        traceId: deriveTraceId(SERVICE, number),
        spanId: number.toString(16).padStart(16, "0"),
        name,
        kind: 2,
        startTimeUnixNano: String(end - BigInt(ms) * 1_000_000n),
        endTimeUnixNano: String(end),
        attributes: [
            renderStringAttribute("user.email", EMAIL),
            renderStringAttribute("User.Password", "hunter2"),
            renderStringAttribute("note", `paid with ${CARD} today`),
            { key: "card", value: { intValue: CARD } },
        ],
        events: [{ timeUnixNano: String(end), name: "paid", attributes: [renderStringAttribute("number", CARD)] }],
        status: failed ? { code: 2, message: "no" } : {},
    };
}

async function getThroughProxy(service: string, path: string): Promise<string> {
    return kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/${path}`);
}

async function listStoredTraces(): Promise<readonly Trace[]> {
    const answer = await getThroughProxy("jaeger:16686", `api/traces?service=${SERVICE}&limit=1000&lookback=1h`);
    return (JSON.parse(answer) as { data: Trace[] }).data;
}

function countTraces(traces: readonly Trace[], name: string): number {
    return traces.filter(({ spans }) => spans.some(({ operationName }) => operationName === name)).length;
}

describe("redaction and tail sampling", () => {
    let forwards: PortForwards | undefined;
    let collector: PortForward;

    before(async () => {
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
        ({ collector } = forwards);
    });

    after(async () => {
        await forwards?.close();
        await pulumiUp(configureStack("sandbox"));
    });

    it("store traces with errors, slow traces and samplingRatio of the rest", async () => {
        const numbers = Array.from({ length: NORMAL_TRACES }, (_, index) => index + 1);
        const spans = [
            ...numbers.map((number) => renderSpan("usual", number)),
            ...numbers.slice(0, 10).map((number) => renderSpan("failed", NORMAL_TRACES + number, { failed: true })),
            ...numbers.slice(0, 10).map((number) => renderSpan("slow", 2 * NORMAL_TRACES + number, { ms: SLOW_MS })),
        ];
        await postOtlp(collector, "traces", { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
        await eventually(async () => {
            const traces = await listStoredTraces();
            assert.equal(countTraces(traces, "failed"), 10);
            assert.equal(countTraces(traces, "slow"), 10);
            assert.ok(countTraces(traces, "usual") > 0, "no usual one");
        }, DECISION_TIMEOUT_SECONDS);
        const usual = countTraces(await listStoredTraces(), "usual");
        console.log(`        ${usual} of ${NORMAL_TRACES} usual traces`);
        assert.ok(usual >= 0.1 * NORMAL_TRACES && usual <= 0.3 * NORMAL_TRACES, `${usual} of ${NORMAL_TRACES}`);
    });

    it("count all traces in span metrics", async () => {
        const query = encodeURIComponent(
            `sum by (span_name) (traces_span_metrics_calls_total{service_name="${SERVICE}"})`,
        );
        await eventually(async () => {
            const answer = JSON.parse(await getThroughProxy("prometheus:9090", `api/v1/query?query=${query}`)) as {
                data: { result: { metric: { span_name: string }; value: [number, string] }[] };
            };
            const calls = Object.fromEntries(
                answer.data.result.map(({ metric, value }) => [metric.span_name, Number(value[1])]),
            );
            assert.deepEqual(calls, { usual: NORMAL_TRACES, failed: 10, slow: 10 });
        }, DECISION_TIMEOUT_SECONDS);
    });

    it("mask matching attributes in traces, records and the Collector's log", async () => {
        await postOtlp(collector, "logs", {
            resourceLogs: [
                {
                    resource,
                    scopeLogs: [
                        {
                            logRecords: [
                                {
                                    timeUnixNano: `${Date.now()}000000`,
                                    body: { stringValue: `card ${CARD} refused` },
                                    attributes: [renderStringAttribute("user.email", EMAIL)],
                                },
                            ],
                        },
                    ],
                },
            ],
        });
        const query = encodeURIComponent(`"service.name":="${SERVICE}"`);
        let stored = "";
        await eventually(async () => {
            stored = await getThroughProxy("victorialogs:9428", `select/logsql/query?query=${query}`);
            assert.match(stored, /card \*{4} refused/);
        }, DECISION_TIMEOUT_SECONDS);
        const traces = JSON.stringify(await listStoredTraces());
        assert.match(traces, /paid with \*{4} today/);
        const log = await kubectl("logs", "-n", NAMESPACE, "deployment/otel-collector", "--tail=-1");
        assert.match(log, /paid with \*{4} today/);
        for (const seen of [stored, traces, log]) {
            assert.doesNotMatch(seen, new RegExp(`${CARD}|${EMAIL}|hunter2`));
        }
    });

    it("deliver all signals", async () => {
        await assertVerified(stack);
    });
});
