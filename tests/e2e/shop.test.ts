import assert from "node:assert/strict";
import { shopNames } from "../../components/shop/shop";
import { correlationQueries } from "../../components/grafana/dashboards/queries";
import {
    EDGE_DIMENSIONS,
    SERVICE_GRAPH,
    SERVICE_LABEL,
    SPAN_DIMENSIONS,
    SPAN_METRICS,
} from "../../components/telemetry/names";
import { getJson } from "../../tools/verify/json-client";
import type { PortForward } from "../../tools/verify/port-forward";
import { listLabelValues, queryPrometheus, type Trace, findTraces } from "../../tools/verify/store-api";
import { kubectl, NAMESPACE } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import {
    assertQueriesReturnData,
    type BackendConnections,
    eventually,
    createQueryAssertion,
} from "./support/query-assertions";
import { findLogStore, queryLogRecords, findLogRecords } from "./support/log-records";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its image is built by the sandbox, and can be pulled nowhere");

const SLOW_MS = 1500;
const sandbox = configureStack("sandbox");
/** A high rate, so that no test waits long for a random error. */
const errorProneStack = configureStack("sandbox", {
    "shop.errorRate": 0.3,
    "shop.slowRate": 0.5,
    "shop.slowDelay": `${SLOW_MS}ms`,
    "shop.requestsPerSecond": 10,
});
const { frontend, load, payments } = shopNames("shop");

type Span = Trace["spans"][number];
type Step = readonly [service: string | undefined, kind: string, name: string];

describe("shop", () => {
    let forwards: PortForwards | undefined;
    let backends: BackendConnections;
    let shop: PortForward;

    before(async () => {
        // The Deployments of payments and of the load, and the component whose arguments changed.
        assert.deepEqual(await pulumiUp(errorProneStack), { update: 3 });
        forwards = await PortForwards.open(sandbox);
        ({ backends } = forwards);
        shop = forwards.forwardTo("shopFrontend");
    });

    after(async () => {
        await forwards?.close();
        await pulumiUp(sandbox);
    });

    it("serves its pages", async () => {
        await eventually(async () => {
            const { status, body } = await getJson(`${await shop.url()}/products`);
            assert.equal(status, 200);
            assert.ok(Array.isArray(body) && body.length > 0);
        });
    });

    it("produces one trace per order across all three services", async () => {
        await eventually(async () => {
            const trace = await findShopTrace(backends, (span) => span.operationName === "charge card");
            assert.deepEqual(findAncestors(trace, "charge card"), [
                [payments, "internal", "charge card"],
                [payments, "server", "POST /payments"],
                [frontend, "client", "POST"],
                [frontend, "internal", "place order"],
                [frontend, "server", "POST /orders"],
                [load, "client", "POST"],
                [load, "internal", "buy"],
            ]);
        });
    });

    it("writes logs of all three services with the trace id, to the backend and the pods' logs", async () => {
        await eventually(async () => {
            const trace = await findShopTrace(backends, isFailed);
            const [toLogs] = correlationQueries(trace.traceID, findLogStore(backends), `shop/${frontend}`);
            assert.ok(toLogs);
            const records = await queryLogRecords(backends, toLogs.expr);
            const said = records.map(({ line, fields }) => [fields[SERVICE_LABEL], fields.severity_text, line]);
            for (const expected of [
                [load, "ERROR", "buy failed"],
                [frontend, "ERROR", "order failed"],
                [payments, "ERROR", "payment failed"],
            ]) {
                assert.ok(
                    said.some((words) => words.join() === expected.join()),
                    expected.join(),
                );
            }
            const spans = new Set(trace.spans.map(({ spanID }) => spanID));
            assert.ok(records.every(({ fields }) => spans.has(fields.span_id ?? "")));
            for (const name of [load, frontend, payments]) {
                const log = await kubectl("logs", "-n", NAMESPACE, `deployment/${name}`, "--tail=-1");
                assert.match(log, new RegExp(`^\\{.*"trace_id":"${trace.traceID}".*\\}$`, "m"));
            }
        });
    });

    it("injects errors and latency as configured", async () => {
        await eventually(async () => {
            await findShopTrace(backends, isFailed);
            const isSlow = ({ operationName, duration }: Span): boolean =>
                operationName === "charge card" && duration >= SLOW_MS * 1000;
            const slow = await findShopTrace(backends, isSlow);
            assert.ok(findAncestors(slow, "charge card").length > 1);
        });
    });

    it("shows slow payments in span metrics", async () => {
        const url = await backends.prometheus.url();
        await eventually(async () => {
            const inPayments = await queryMeanSeconds(url, payments, "SPAN_KIND_SERVER", "POST /payments");
            const inOrders = await queryMeanSeconds(url, frontend, "SPAN_KIND_SERVER", "POST /orders");
            const inCalls = await queryMeanSeconds(url, frontend, "SPAN_KIND_CLIENT", "POST");
            assert.ok(inPayments > SLOW_MS / 1000 / 5, `payments take ${inPayments} s`);
            // The time that the frontend adds to its call of payments.
            assert.ok(inOrders - inCalls < inPayments / 2, `orders take ${inOrders} s, their calls ${inCalls} s`);
        });
    });

    it("is counted in its own metrics and in the service graph", async () => {
        const edge = (client: string, server: string): string =>
            `{${EDGE_DIMENSIONS.client}="${client}",${EDGE_DIMENSIONS.server}="${server}"}`;
        const series = [
            `shop_orders_total{job="shop/${frontend}",shop_order_outcome="placed"}`,
            `shop_orders_total{job="shop/${frontend}",shop_order_outcome="failed"}`,
            `shop_orders_open{job="shop/${frontend}"}`,
            `shop_payment_duration_seconds_count{job="shop/${payments}",shop_payment_outcome="failed"}`,
            `http_server_request_duration_seconds_count{job="shop/${frontend}",http_route="/orders"}`,
            `http_client_request_duration_seconds_count{job="shop/${load}"}`,
            `${SERVICE_GRAPH.requests}${edge(load, frontend)}`,
            `${SERVICE_GRAPH.requests}${edge(frontend, payments)}`,
            `${SERVICE_GRAPH.failed}${edge(frontend, payments)}`,
        ];
        await assertQueriesReturnData(
            backends,
            series.map((expr) => createQueryAssertion("the shop", { datasource: "prometheus", expr, instant: true })),
        );
    });

    it("excludes the kubelet's probes from traces", async () => {
        const url = await backends.prometheus.url();
        const requests = `${SPAN_METRICS.calls}{${SERVICE_LABEL}="${frontend}",${SPAN_DIMENSIONS.kind}="SPAN_KIND_SERVER"}`;
        await eventually(async () => {
            const names = await listLabelValues(`${url}/api/v1`, SPAN_DIMENSIONS.span, requests);
            assert.deepEqual(names, ["GET /products", "POST /orders"]);
        });
    });

    it("sends its last telemetry when its pod ends", async () => {
        const selector = `app.kubernetes.io/name=${load}`;
        const pod = await kubectl(
            "get",
            "pods",
            "-n",
            NAMESPACE,
            "-l",
            selector,
            "-o",
            "jsonpath={.items[0].metadata.name}",
        );
        await kubectl("delete", "-n", NAMESPACE, `pod/${pod}`);
        await eventually(async () => {
            const records = await findLogRecords(backends, { "service.name": load, "service.instance.id": pod });
            assert.ok(records.some(({ line }) => line.includes("stopping on SIGTERM")));
        });
    });
});

/** Searches the newest traces of payments for a complete one with such a span. */
async function findShopTrace({ jaeger }: BackendConnections, wanted: (span: Span) => boolean): Promise<Trace> {
    const traces = await findTraces(await jaeger.url(), payments);
    const found = traces.find(
        ({ spans }) => spans.some(wanted) && spans.some(({ operationName }) => operationName === "buy"),
    );
    return found ?? assert.fail(`none of ${traces.length} traces has such a span`);
}

function isFailed({ operationName, tags }: Span): boolean {
    return operationName === "charge card" && tags.some(({ key, value }) => key === "error" && value === true);
}

/** The named span and its ancestors: service, kind and name of each. */
function findAncestors({ spans, processes }: Trace, name: string): Step[] {
    const line: Step[] = [];
    let span = spans.find(({ operationName }) => operationName === name);
    while (span !== undefined) {
        const kind = span.tags.find(({ key }) => key === "span.kind")?.value;
        line.push([processes[span.processID]?.serviceName, String(kind), span.operationName]);
        const parent = span.references[0]?.spanID;
        span = spans.find(({ spanID }) => spanID === parent);
    }
    return line;
}

/** Mean duration in the last minute. */
async function queryMeanSeconds(url: string, service: string, kind: string, span: string): Promise<number> {
    const of = `{${SERVICE_LABEL}="${service}",${SPAN_DIMENSIONS.kind}="${kind}",${SPAN_DIMENSIONS.span}="${span}"}[1m]`;
    const rate = (name: string): string => `sum(rate(${name}${of}))`;
    const [mean] = await queryPrometheus(
        url,
        `${rate(SPAN_METRICS.durationSum)} / ${rate(SPAN_METRICS.durationCount)}`,
        true,
    );
    return mean ?? assert.fail(`${service} has no ${span}`);
}
