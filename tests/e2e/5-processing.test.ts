import assert from "node:assert/strict";
import type { PortForward } from "../../tools/verify/port-forward";
import { kubectl, NAMESPACE } from "./support/cluster";
import { Forwards } from "./support/forwards";
import { eventually } from "./support/questions";
import { post } from "./support/requests";
import { traceIdOf } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its senders run images of the sandbox");

const SERVICE = "e2e-processing";
const NORMAL = 200;
const SLOW_MS = 1500;
const DECIDED_WITHIN_SECONDS = 120;
const CARD = "4111111111111111";
const EMAIL = "jane@example.com";

const stack = stackWith("sandbox", {
    redaction: { keys: ["(?i)password$", "^user\\.email$"], values: ["\\b4[0-9]{15}\\b"] },
    tailSampling: { enabled: true, share: 0.2, slowerThan: "1s", wait: "2s" },
    "app.enabled": false,
    "telemetrygen.enabled": false,
});

interface Trace {
    readonly traceID: string;
    readonly spans: readonly { readonly operationName: string }[];
}

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const resource = { attributes: [text("service.name", SERVICE), text("deployment.password", "hunter2")] };

function span(name: string, number: number, more: { readonly ms?: number; readonly failed?: boolean } = {}): object {
    const { failed = false, ms = 5 } = more;
    const end = BigInt(Date.now()) * 1_000_000n;
    return {
        traceId: traceIdOf(SERVICE, number),
        spanId: number.toString(16).padStart(16, "0"),
        name,
        kind: 2,
        startTimeUnixNano: String(end - BigInt(ms) * 1_000_000n),
        endTimeUnixNano: String(end),
        attributes: [
            text("user.email", EMAIL),
            text("User.Password", "hunter2"),
            text("note", `paid with ${CARD} today`),
            { key: "card", value: { intValue: CARD } },
        ],
        events: [{ timeUnixNano: String(end), name: "paid", attributes: [text("number", CARD)] }],
        status: failed ? { code: 2, message: "no" } : {},
    };
}

async function ask(service: string, path: string): Promise<string> {
    return kubectl("get", "--raw", `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/${path}`);
}

async function keptTraces(): Promise<readonly Trace[]> {
    const answer = await ask("jaeger:16686", `api/traces?service=${SERVICE}&limit=1000&lookback=1h`);
    return (JSON.parse(answer) as { data: Trace[] }).data;
}

function count(traces: readonly Trace[], name: string): number {
    return traces.filter(({ spans }) => spans.some(({ operationName }) => operationName === name)).length;
}

describe("a stack that masks and samples", () => {
    let forwards: Forwards | undefined;
    let collector: PortForward;

    before(async () => {
        await up(stack);
        forwards = await Forwards.of(stack);
        ({ collector } = forwards);
    });

    after(async () => {
        await forwards?.close();
        await up(stackWith("sandbox"));
    });

    it("keeps the traces with errors, the slow ones, and a share of the rest", async () => {
        const numbers = Array.from({ length: NORMAL }, (_, index) => index + 1);
        const spans = [
            ...numbers.map((number) => span("usual", number)),
            ...numbers.slice(0, 10).map((number) => span("failed", NORMAL + number, { failed: true })),
            ...numbers.slice(0, 10).map((number) => span("slow", 2 * NORMAL + number, { ms: SLOW_MS })),
        ];
        await post(collector, "traces", { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
        await eventually(async () => {
            const traces = await keptTraces();
            assert.equal(count(traces, "failed"), 10);
            assert.equal(count(traces, "slow"), 10);
            assert.ok(count(traces, "usual") > 0, "no usual one");
        }, DECIDED_WITHIN_SECONDS);
        const usual = count(await keptTraces(), "usual");
        console.log(`        ${usual} of ${NORMAL} usual traces`);
        assert.ok(usual >= 0.1 * NORMAL && usual <= 0.3 * NORMAL, `${usual} of ${NORMAL}`);
    });

    it("counts all of them in the metrics made from spans", async () => {
        const query = encodeURIComponent(
            `sum by (span_name) (traces_span_metrics_calls_total{service_name="${SERVICE}"})`,
        );
        await eventually(async () => {
            const answer = JSON.parse(await ask("prometheus:9090", `api/v1/query?query=${query}`)) as {
                data: { result: { metric: { span_name: string }; value: [number, string] }[] };
            };
            const calls = Object.fromEntries(
                answer.data.result.map(({ metric, value }) => [metric.span_name, Number(value[1])]),
            );
            assert.deepEqual(calls, { usual: NORMAL, failed: 10, slow: 10 });
        }, DECIDED_WITHIN_SECONDS);
    });

    it("has masked what the patterns find, in traces, records and its own log", async () => {
        await post(collector, "logs", {
            resourceLogs: [
                {
                    resource,
                    scopeLogs: [
                        {
                            logRecords: [
                                {
                                    timeUnixNano: `${Date.now()}000000`,
                                    body: { stringValue: `card ${CARD} refused` },
                                    attributes: [text("user.email", EMAIL)],
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
            stored = await ask("victorialogs:9428", `select/logsql/query?query=${query}`);
            assert.match(stored, /card \*{4} refused/);
        }, DECIDED_WITHIN_SECONDS);
        const traces = JSON.stringify(await keptTraces());
        assert.match(traces, /paid with \*{4} today/);
        const log = await kubectl("logs", "-n", NAMESPACE, "deployment/otel-collector", "--tail=-1");
        assert.match(log, /paid with \*{4} today/);
        for (const seen of [stored, traces, log]) {
            assert.doesNotMatch(seen, new RegExp(`${CARD}|${EMAIL}|hunter2`));
        }
    });

    it("has a way that works for every signal", async () => {
        await verifyHolds(stack);
    });
});
