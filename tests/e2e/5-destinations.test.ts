import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { execa } from "execa";
import { ROOT } from "../../sandbox/paths";
import { SIGNALS, type Signal } from "../../config/signals";
import { argumentsFor, pulumiOutput, type Stack } from "../../tools/stack";
import type { PortForward } from "../../tools/verify/port-forward";
import { kubectl, NAMESPACE, ownMetric } from "./support/cluster";
import { Forwards } from "./support/forwards";
import {
    answeredByIngestion,
    CA_SECRET,
    ELSEWHERE,
    ingested,
    INGESTION,
    INGESTION_PORT,
    planRefusals,
    scaleElsewhere,
    startElsewhere,
    stopElsewhere,
    takenByVendor,
    VENDOR,
} from "./support/elsewhere";
import { Authority } from "./support/guard";
import { assertIsolated, POLICIES } from "./support/isolation";
import { balanceOf, type RunArgs } from "./support/outage";
import { eventually } from "./support/questions";
import { post, requestOf, serviceOf } from "./support/requests";
import { stackWith, up } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its backends run images of the sandbox");

/** With what the Collector would take for a variable, or for a `$` too many. */
const TOKEN = `${randomBytes(12).toString("hex")}$$\${HOME}`;
const KEY = "00000000-0000-4000-8000-000000000007";
const CONNECTION = `InstrumentationKey=${KEY};IngestionEndpoint=http://${INGESTION}:${INGESTION_PORT}/`;
const PER_SECOND = 200;
const ARRIVES_WITHIN_SECONDS = 120;
/** Its exporter waits for 10 s, and for 30 s after that. */
const RETRIED_WITHIN_SECONDS = 120;
const ITEMS: Readonly<Record<Signal, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };
/** What each signal is in Azure Monitor. */
const KINDS: Readonly<Record<Signal, string>> = { traces: "RemoteDependency", metrics: "Metric", logs: "Message" };

/** Where the destinations are. */
const EGRESS = { namespaces: [{ "kubernetes.io/metadata.name": ELSEWHERE }] };

const stack = stackWith("sandbox", {
    destinations: {
        vendor: {
            endpoint: `https://${VENDOR}:4317`,
            headers: { "x-tenant": "e2e" },
            tls: { caSecretName: CA_SECRET },
            egress: EGRESS,
        },
        plain: {
            endpoint: `http://${VENDOR}:4318`,
            protocol: "http",
            allowSecretsOverHttp: true,
            compression: "none",
            egress: EGRESS,
        },
    },
    azureMonitor: { enabled: true, egress: { ...EGRESS, port: INGESTION_PORT } },
    ...POLICIES,
    // Soon full.
    "collector.queue.size": "2Mi",
    "collector.receiver.maxMessageSize": "2Mi",
    // Nothing but what these tests send.
    "app.enabled": false,
    "telemetrygen.enabled": false,
});

/** As a person does it: into the stack's file, encrypted. */
async function setSecret(to: Stack, key: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", "--path", `otel-stack:${key}`];
    await execa("pulumi", argumentsFor(to, args), { cwd: ROOT, env: to.env, input: value });
}

/** Sends ten items of each signal, once. */
async function sendOnce(collector: PortForward, run: string): Promise<void> {
    for (const signal of SIGNALS) {
        await post(collector, signal, requestOf(signal, { run, first: 0, count: 10, at: Date.now() }));
    }
}

/** All ten of each signal are at the ingestion endpoint, none twice. */
async function assertIngested(run: string): Promise<void> {
    const all = await ingested();
    for (const signal of SIGNALS) {
        const ids = [...(all[`${serviceOf(run)} ${KINDS[signal]}`] ?? [])].sort((a, b) => a - b);
        assert.deepEqual(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], signal);
    }
}

describe("further destinations", () => {
    let forwards: Forwards | undefined;
    let run: RunArgs;
    let collector: PortForward;

    before(async () => {
        const authority = await Authority.make("vendor");
        const certificate = await authority.server([`DNS:${VENDOR}`]);
        await startElsewhere({ certificate, token: TOKEN, instrumentationKey: KEY });
        for (const name of ["vendor", "plain"]) {
            await setSecret(stack, `destinations.${name}.secretHeaders.authorization`, `Bearer ${TOKEN}`);
        }
        await setSecret(stack, "azureMonitor.connectionString", CONNECTION);
        await up(stack);
        forwards = await Forwards.of(stack);
        ({ collector } = forwards);
        run = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
    });

    after(async () => {
        await forwards?.close();
        await up(stackWith("sandbox"));
        await stopElsewhere();
    });

    it("take every signal: by gRPC and TLS, by HTTP, with a secret header, and in Azure Monitor's own words", async () => {
        await sendOnce(collector, "a1");
        await eventually(async () => {
            for (const signal of SIGNALS) {
                for (const transport of ["grpc", "http"] as const) {
                    assert.ok((await takenByVendor(ITEMS[signal], transport)) >= 10, `${signal} by ${transport}`);
                }
            }
            await assertIngested("a1");
        }, ARRIVES_WITHIN_SECONDS);
    });

    it("have their secrets in Secrets, and in the clear nowhere else", async () => {
        const secrets = await kubectl("get", "secrets", "-n", NAMESPACE, "-o", "name");
        assert.match(secrets, /otel-collector-vendor-secrets-1/);
        assert.match(secrets, /otel-collector-azure-monitor-secrets-1/);
        const [token] = TOKEN.split("$");
        const readable = [
            await kubectl("get", "configmaps,deployments,pods", "-n", NAMESPACE, "-o", "json"),
            await pulumiOutput(stack, ["stack", "export"]),
            await pulumiOutput(stack, ["stack", "output", "--json"]),
        ];
        for (const text of readable) {
            assert.ok(!text.includes(token ?? TOKEN) && !text.includes(KEY));
        }
    });

    it("leave no port of the stack open but those of its flows", async () => {
        await assertIsolated(stack);
    });

    it("do no harm when they are away and their queues are full: nobody is refused, and the stack has it all", async () => {
        await scaleElsewhere(0);
        const balances = await balanceOf(run, ARRIVES_WITHIN_SECONDS, async () => {
            await eventually(async () => {
                for (const exporter of ["otlp_grpc/vendor", "otlp_http/plain"]) {
                    const lost = await ownMetric("otelcol_exporter_enqueue_failed", `exporter="${exporter}"`);
                    assert.ok(lost > 0, `the queue of ${exporter} is not full`);
                }
                const unheard = await ownMetric("http_client_request_duration_count", INGESTION, "error_type");
                assert.ok(unheard > 0, "nobody notices that Azure Monitor is away");
            }, RETRIED_WITHIN_SECONDS);
        });
        console.table(balances.map(({ missing, ...balance }) => ({ ...balance, lost: missing.length })));
        for (const { signal, made, accepted, missing, sentAgain } of balances) {
            assert.equal(accepted, made, signal);
            assert.deepEqual(missing, [], signal);
            assert.equal(sentAgain, 0, signal);
        }
    });

    it("get what waited for them when they are back", async () => {
        await scaleElsewhere(1);
        await eventually(async () => {
            for (const transport of ["grpc", "http"] as const) {
                assert.ok((await takenByVendor("spans", transport)) > 1000, transport);
            }
        }, ARRIVES_WITHIN_SECONDS);
    });

    it("are tried again where Azure Monitor throttles, fails and takes a part, and have each item once", async () => {
        await planRefusals(serviceOf("b1"), [503, 206]);
        await planRefusals(serviceOf("b2"), [429]);
        await sendOnce(collector, "b1");
        // Apart, as the exporter makes one request of what comes together.
        await eventually(async () => {
            assert.ok((await answeredByIngestion())[503], "nothing is refused");
        });
        await sendOnce(collector, "b2");
        await eventually(async () => {
            await assertIngested("b1");
            await assertIngested("b2");
        }, RETRIED_WITHIN_SECONDS);
        const answered = await answeredByIngestion();
        for (const status of [200, 206, 429, 503]) {
            assert.ok((answered[status] ?? 0) > 0, `no request was answered with ${status}`);
        }
    });
});
