import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../tools/verify/connection";
import { createDeadline } from "../../tools/verify/deadline";
import { fetchData, findTraces } from "../../tools/verify/store-api";
import { listContainers } from "./support/cluster";
import { assertNearlyAllStored, measureLoss } from "./support/data-loss";
import { renderStringAttribute } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it needs a stack without other traces");

/** Seconds of ordinary traces. With a number, the test also sends a trace above the limit of spans. */
const LOAD_SECONDS = Number(process.env.E2E_TRACE_SECONDS ?? "40");
const IS_WHOLE = process.env.E2E_TRACE_SECONDS !== undefined;
/** Those of the other load tests, which then change nothing. */
const SETTINGS = { "shop.enabled": false, "telemetrygen.enabled": false };
const SPANS_PER_SECOND = 2000;
const MAX_REQUEST_SPANS = 500;
const MAX_SEARCH_MS = 2000;
const STORE_TIMEOUT_SECONDS = 120;
const ACCEPT_TIMEOUT_SECONDS = 60;
/** The load runs in this process, as does the well-behaved client. */
const CLIENT_ITEMS_PER_SECOND = 10;

interface Load {
    readonly service: string;
    readonly traces: number;
    readonly spans: number;
}

/** Sends traces at a constant rate, and retries each request until it is acknowledged. */
async function sendTraces(collector: Connection, { service, spans, traces }: Load): Promise<void> {
    const start = Date.now();
    let sent = 0;
    for (let trace = 0; trace < traces; trace++) {
        const traceId = randomBytes(16).toString("hex");
        for (let first = 0; first < spans; first += MAX_REQUEST_SPANS) {
            const count = Math.min(MAX_REQUEST_SPANS, spans - first);
            await postUntilAccepted(collector, renderSpans(service, traceId, count));
            sent += count;
            await sleep(Math.max(0, start + (sent * 1000) / SPANS_PER_SECOND - Date.now()));
        }
    }
}

async function postUntilAccepted(collector: Connection, body: object): Promise<void> {
    const deadline = createDeadline(ACCEPT_TIMEOUT_SECONDS);
    while (deadline.remaining() > 0) {
        const response = await fetch(`${await collector.url()}/v1/traces`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
        });
        await response.text();
        if (response.ok) {
            return;
        }
        await sleep(200);
    }
    assert.fail(`a request was rejected for ${ACCEPT_TIMEOUT_SECONDS} s`);
}

function renderSpans(service: string, traceId: string, count: number): object {
    const now = `${Date.now()}000000`;
    const spans = Array.from({ length: count }, (_, index) => ({
        traceId,
        spanId: randomBytes(8).toString("hex"),
        name: `GET /api/orders ${index % 20}`,
        kind: 2,
        startTimeUnixNano: now,
        endTimeUnixNano: now,
        attributes: [
            renderStringAttribute("http.request.method", "GET"),
            renderStringAttribute("http.route", "/api/orders/{order}"),
            renderStringAttribute("network.protocol.version", "1.1"),
            renderStringAttribute("server.address", "shop.example.internal"),
            renderStringAttribute("url.path", `/api/orders/${index}`),
        ],
    }));
    const resource = { attributes: [renderStringAttribute("service.name", service)] };
    return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
}

async function measureSearch(jaeger: Connection, service: string): Promise<number> {
    const url = await jaeger.url();
    const start = Date.now();
    assert.ok((await findTraces(url, service)).length > 0, `no trace of ${service}`);
    return Date.now() - start;
}

describe("traces of many spans", () => {
    let forwards: PortForwards;

    /** Sends the load while a well-behaved client sends, and returns when the client's items are stored. */
    async function runLoad(load: Load): Promise<void> {
        const { backends, collector } = forwards;
        const before = await listContainers();
        const reports = await measureLoss(
            { backends, collector, perSecond: CLIENT_ITEMS_PER_SECOND },
            STORE_TIMEOUT_SECONDS,
            () => sendTraces(collector, load),
        );
        assert.deepEqual(await listContainers(), before);
        assertNearlyAllStored(reports);
    }

    async function assertFastSearch(service: string): Promise<void> {
        await eventually(async () => {
            const ms = await measureSearch(forwards.backends.jaeger, service);
            assert.ok(ms <= MAX_SEARCH_MS, `a search of ${service} takes ${ms} ms`);
        });
    }

    async function deploy(settings: Readonly<Record<string, unknown>>): Promise<void> {
        const stack = configureStack("sandbox", { ...SETTINGS, ...settings });
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
    }

    afterEach(async () => {
        await forwards.close();
    });

    it("stop no pod and no other client, and are found within two seconds", async () => {
        await deploy({});
        const ordinary = { service: "load-50", spans: 50, traces: (LOAD_SECONDS * SPANS_PER_SECOND) / 50 };
        await runLoad(ordinary);
        await assertFastSearch(ordinary.service);
        await runLoad({ service: "load-1000", spans: 1000, traces: 20 });
        await assertFastSearch(ordinary.service);
    });

    if (IS_WHOLE) {
        it("are dropped and counted above jaeger.maxSpansPerTrace, so that a search does not load them", async () => {
            await deploy({ "jaeger.maxSpansPerTrace": 2000 });
            await runLoad({ service: "load-huge", spans: 50_000, traces: 1 });
            const query =
                'sum(otelcol_processor_tail_sampling_count_traces_sampled{policy="max-spans",sampled="false"})';
            await eventually(async () => {
                const url = await forwards.backends.prometheus.url();
                const result = JSON.stringify(await fetchData(`${url}/api/v1/query`, { query }));
                assert.match(result, /"1"\]/);
            });
            assert.deepEqual(await findTraces(await forwards.backends.jaeger.url(), "load-huge"), []);
        });
    }
});
