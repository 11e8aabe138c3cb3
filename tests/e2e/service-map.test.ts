import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { dashboardQueries } from "../../components/grafana/dashboards/queries";
import { EDGE_DIMENSIONS, JOB_ATTRIBUTE, SERVICE_GRAPH, SPAN_METRICS } from "../../components/telemetry/names";
import { fetchData, findTraces } from "../../tools/verify/store-api";
import { renderAttribute, renderNanoseconds } from "./support/odd-items";
import { postOtlp } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureTargetStack } from "./support/stack";

/** Almost two export intervals of an SDK: what a failed export adds to one. */
const SECONDS_APART = 9;
/** The timeout of pending edges, the interval of their metrics, and the time of a query. */
const EDGE_TIMEOUT_SECONDS = 60;

const KINDS = { server: 2, client: 3, producer: 4, consumer: 5 } as const;

interface SpanSpec {
    readonly service: string;
    readonly namespace?: string;
    readonly environment?: string;
    readonly kind: keyof typeof KINDS;
    readonly traceId: string;
    readonly spanId?: string;
    readonly parentSpanId?: string;
    readonly attributes?: Readonly<Record<string, string>>;
}

const vector = z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
});

const randomId = (bytes: number) => randomBytes(bytes).toString("hex");

/** Unique, so that another run's edges are not counted. */
const run = Date.now().toString(36);
const nameService = (role: string) => `e2e-map-${role}-${run}`;

describe("service map and identity of services", () => {
    const stack = configureTargetStack();
    let forwards: PortForwards;

    const send = async ({ attributes = {}, environment, kind, namespace, service, ...ids }: SpanSpec) => {
        const now = Date.now();
        const resource = {
            "service.name": service,
            ...(namespace === undefined ? {} : { "service.namespace": namespace }),
            ...(environment === undefined ? {} : { "deployment.environment.name": environment }),
        };
        const span = {
            spanId: randomId(8),
            ...ids,
            name: "call",
            kind: KINDS[kind],
            startTimeUnixNano: renderNanoseconds(now - 20),
            endTimeUnixNano: renderNanoseconds(now),
            attributes: Object.entries(attributes).map(([key, value]) => renderAttribute(key, value)),
        };
        await postOtlp(forwards.collector, "traces", {
            resourceSpans: [
                {
                    resource: {
                        attributes: Object.entries(resource).map(([key, value]) => renderAttribute(key, value)),
                    },
                    scopeSpans: [{ spans: [span] }],
                },
            ],
        });
    };

    /** Sends both sides of a call, one of them later. */
    const call = async (
        client: Omit<SpanSpec, "traceId">,
        server: Omit<SpanSpec, "traceId">,
        late: "client" | "server",
    ) => {
        const [traceId, spanId] = [randomId(16), randomId(8)];
        const sides = [
            { ...client, traceId, spanId },
            { ...server, traceId, parentSpanId: spanId },
        ];
        for (const [index, side] of (late === "client" ? sides.reverse() : sides).entries()) {
            await sleep(index * SECONDS_APART * 1000);
            await send(side);
        }
    };

    const query = async (expr: string) => {
        const url = `${await forwards.backends.prometheus.url()}/api/v1/query`;
        return vector.parse(await fetchData(url, { query: expr })).result.map(({ metric, value: [, value] }) => ({
            metric,
            value,
        }));
    };

    /** The edges of a client: the values of some labels, and the number of calls. */
    const findEdges = async (client: string, labels: readonly string[]) => {
        const by = labels.join(", ");
        const found = await query(`sum by (${by}) (${SERVICE_GRAPH.requests}{${EDGE_DIMENSIONS.client}="${client}"})`);
        return found
            .map(({ metric, value }) => [...labels.map((label) => metric[label] ?? ""), value] as const)
            .sort((a, b) => a.join().localeCompare(b.join()));
    };

    before(async () => {
        forwards = await PortForwards.open(stack);
        await Promise.all([
            call(
                { service: nameService("early"), kind: "client" },
                { service: nameService("b"), kind: "server" },
                "server",
            ),
            call(
                { service: nameService("late"), kind: "client" },
                { service: nameService("b"), kind: "server" },
                "client",
            ),
            call(
                { service: nameService("producer"), kind: "producer" },
                { service: nameService("consumer"), kind: "consumer" },
                "server",
            ),
            ...[
                { "db.system.name": "postgresql", "db.namespace": "orders", "server.address": "pg" },
                { "db.system": "mysql", "db.name": "former" },
                { "db.system.name": "redis", "server.address": "cache" },
                { "server.address": "api.example.com" },
                { "peer.service": "partner", "server.address": "api.example.com" },
            ].map((attributes) =>
                send({ service: nameService("peers"), kind: "client", traceId: randomId(16), attributes }),
            ),
            ...["a", "b"].flatMap((team) =>
                Array.from({ length: team === "a" ? 2 : 3 }, () =>
                    call(
                        { service: nameService("web"), namespace: team, environment: "prod", kind: "client" },
                        { service: nameService("api"), namespace: team, environment: "prod", kind: "server" },
                        "server",
                    ),
                ),
            ),
            send({ service: nameService("empty"), namespace: "", kind: "server", traceId: randomId(16) }),
            send({ service: nameService("empty"), kind: "server", traceId: randomId(16) }),
        ]);
    });

    after(async () => {
        await forwards.close();
    });

    it("joins the sides of a call that arrive as far apart as SDKs export them", async () => {
        for (const [client, server, type] of [
            ["early", "b", ""],
            ["late", "b", ""],
            ["producer", "consumer", "messaging_system"],
        ] as const) {
            await eventually(async () => {
                assert.deepEqual(await findEdges(nameService(client), [EDGE_DIMENSIONS.server, EDGE_DIMENSIONS.type]), [
                    [nameService(server), type, "1"],
                ]);
            }, EDGE_TIMEOUT_SECONDS);
        }
    });

    it("names databases and peers by what their clients say", async () => {
        const labels = [EDGE_DIMENSIONS.server, EDGE_DIMENSIONS.type, "client_db_system_name"];
        await eventually(async () => {
            assert.deepEqual(await findEdges(nameService("peers"), labels), [
                ["api.example.com", "virtual_node", "", "1"],
                ["former", "database", "", "1"],
                ["orders", "database", "postgresql", "1"],
                ["partner", "virtual_node", "", "1"],
                ["redis", "database", "redis", "1"],
            ]);
        }, EDGE_TIMEOUT_SECONDS);
    });

    it("distinguishes services of one name in two namespaces", async () => {
        const { clientEnvironment, clientNamespace, server, serverNamespace } = EDGE_DIMENSIONS;
        await eventually(async () => {
            assert.deepEqual(
                await findEdges(nameService("web"), [clientNamespace, clientEnvironment, server, serverNamespace]),
                [
                    ["a", "prod", nameService("api"), "a", "2"],
                    ["b", "prod", nameService("api"), "b", "3"],
                ],
            );
        }, EDGE_TIMEOUT_SECONDS);
        for (const [team, count] of [
            ["a", 2],
            ["b", 3],
        ] as const) {
            const job = `${team}/${nameService("api")}`;
            const matchers = `job="${job}",service_namespace="${team}",deployment_environment_name="prod"`;
            await eventually(async () => {
                const [calls] = await query(`sum(${SPAN_METRICS.calls}{${matchers}})`);
                assert.equal(calls?.value, String(count));
                const tags = JSON.stringify({ [JOB_ATTRIBUTE]: job });
                const traces = await findTraces(await forwards.backends.jaeger.url(), nameService("api"), { tags });
                assert.equal(traces.length, count);
            }, EDGE_TIMEOUT_SECONDS);
        }
    });

    it("shows calls that arrive before the first push in the dashboard of a service", async () => {
        const rangeSeconds = 600;
        const values = { service: nameService("api"), namespace: "a", environment: "prod", rangeSeconds };
        const ask = async (panel: string, part: string) => {
            const found = dashboardQueries(values).find(
                (other) => other.dashboard === "Service" && other.panel === panel && other.expr.includes(part),
            );
            assert.ok(found, panel);
            return (await query(found.expr)).map(({ value }) => Number(value));
        };
        await eventually(async () => {
            const durations = await ask("Slowest operations", SPAN_METRICS.durationBucket);
            assert.ok(durations.length === 1 && durations.every((seconds) => seconds > 0), String(durations));
            const calls = await ask("Callers and callees", SERVICE_GRAPH.requests);
            assert.deepEqual(
                calls.map((rate) => Math.round(rate * rangeSeconds)),
                [2],
            );
        }, EDGE_TIMEOUT_SECONDS);
    });

    it("counts an empty namespace as none", async () => {
        await eventually(async () => {
            const [calls] = await query(`sum(${SPAN_METRICS.calls}{job="${nameService("empty")}"})`);
            assert.equal(calls?.value, "2");
        }, EDGE_TIMEOUT_SECONDS);
    });
});
