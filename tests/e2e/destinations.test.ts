import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { SIGNALS, type Signal } from "../../config/types/signal";
import { pulumiOutput } from "../../tools/stack/stack";
import type { PortForward } from "../../tools/verify/port-forward";
import { apply, kubectl, NAMESPACE, sumCollectorMetric } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import {
    countIngestionResponses,
    CA_SECRET,
    EXTERNAL_NAMESPACE,
    listIngestedIds,
    INGESTION_HOST,
    INGESTION_PORT,
    planIngestionErrors,
    scaleExternalBackends,
    startExternalBackends,
    stopExternalBackends,
    countAcceptedByVendor,
    VENDOR_HOST,
} from "./support/external-backends";
import { TestAuthority } from "./support/secure-otlp";
import { assertIsolated, NETWORK_POLICIES_ON } from "./support/isolation";
import { assertNothingLost, measureLoss, printReports, type LoadRunArgs } from "./support/data-loss";
import { eventually } from "./support/query-assertions";
import { postOtlp, renderRequest, loadServiceName } from "./support/otlp-requests";
import { configureStack, pulumiUp, putSecretSetting } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its backends run images of the sandbox");

/** Contains a variable reference of the Collector's configuration and a `$$`. */
const TOKEN = `${randomBytes(12).toString("hex")}$$\${HOME}`;
const KEY = "00000000-0000-4000-8000-000000000007";
const CONNECTION = `InstrumentationKey=${KEY};IngestionEndpoint=http://${INGESTION_HOST}:${INGESTION_PORT}/`;
/** A Secret that the stack reads and does not create. */
const EXISTING_SECRET = "plain-keys";
const PER_SECOND = 200;
const ARRIVAL_TIMEOUT_SECONDS = 120;
/** The exporter waits for 10 s, and then for 30 s. */
const RETRY_TIMEOUT_SECONDS = 120;
const ITEM_NAMES: Readonly<Record<Signal, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };
/** The item type of each signal in Azure Monitor. */
const AZURE_ITEM_TYPES: Readonly<Record<Signal, string>> = {
    traces: "RemoteDependency",
    metrics: "Metric",
    logs: "Message",
};

/** The Namespace of the destinations. */
const EGRESS = { namespaceSelectors: [{ "kubernetes.io/metadata.name": EXTERNAL_NAMESPACE }] };

const stack = configureStack("sandbox", {
    destinations: {
        vendor: {
            endpoint: `https://${VENDOR_HOST}:4317`,
            headers: { "x-tenant": "e2e" },
            tls: { caSecretName: CA_SECRET },
            egress: EGRESS,
        },
        plain: {
            endpoint: `http://${VENDOR_HOST}:4318`,
            protocol: "http",
            secretName: EXISTING_SECRET,
            secretHeaderKeys: { authorization: "token" },
            allowSecretsOverHttp: true,
            compression: "none",
            egress: EGRESS,
        },
    },
    azureMonitor: { enabled: true, egress: { ...EGRESS, port: INGESTION_PORT } },
    ...NETWORK_POLICIES_ON,
    // Fills quickly.
    "collector.queue.size": "2Mi",
    "collector.receiver.maxRequestSize": "2Mi",
    // Only these tests send telemetry.
    "shop.enabled": false,
    "telemetrygen.enabled": false,
});

async function sendOnce(collector: PortForward, run: string): Promise<void> {
    for (const signal of SIGNALS) {
        await postOtlp(collector, signal, renderRequest(signal, { run, first: 0, count: 10, at: Date.now() }));
    }
}

/** Asserts that the ingestion endpoint has all ten items of each signal, and no duplicates. */
async function assertIngested(run: string): Promise<void> {
    const all = await listIngestedIds();
    for (const signal of SIGNALS) {
        const ids = [...(all[`${loadServiceName(run)} ${AZURE_ITEM_TYPES[signal]}`] ?? [])].sort((a, b) => a - b);
        assert.deepEqual(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], signal);
    }
}

describe("destinations", () => {
    let forwards: PortForwards | undefined;
    let run: LoadRunArgs;
    let collector: PortForward;

    before(async () => {
        const authority = await TestAuthority.create("vendor");
        const certificate = await authority.signServer([`DNS:${VENDOR_HOST}`]);
        await startExternalBackends({ certificate, token: TOKEN, instrumentationKey: KEY });
        await putSecretSetting(stack, "destinations.vendor.secretHeaders.authorization", `Bearer ${TOKEN}`);
        await apply({
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: EXISTING_SECRET, namespace: NAMESPACE },
            // The Collector reads `$$` as one `$`.
            stringData: { token: `Bearer ${TOKEN.replaceAll("$", () => "$$")}` },
        });
        await putSecretSetting(stack, "azureMonitor.connectionString", CONNECTION);
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
        ({ collector } = forwards);
        run = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
    });

    after(async () => {
        await forwards?.close();
        await pulumiUp(configureStack("sandbox"));
        await kubectl("delete", "secret", "-n", NAMESPACE, EXISTING_SECRET, "--ignore-not-found");
        await stopExternalBackends();
    });

    it("receive every signal by gRPC with TLS, by HTTP with a secret header, and in Azure Monitor's format", async () => {
        await sendOnce(collector, "a1");
        await eventually(async () => {
            for (const signal of SIGNALS) {
                for (const transport of ["grpc", "http"] as const) {
                    assert.ok(
                        (await countAcceptedByVendor(ITEM_NAMES[signal], transport)) >= 10,
                        `${signal} by ${transport}`,
                    );
                }
            }
            await assertIngested("a1");
        }, ARRIVAL_TIMEOUT_SECONDS);
    });

    it("keep their secrets in Secrets, and in plaintext nowhere else", async () => {
        const secrets = await kubectl("get", "secrets", "-n", NAMESPACE, "-o", "name");
        assert.match(secrets, /otel-collector-vendor-secrets-[a-z0-9]{8}$/m);
        assert.match(secrets, /otel-collector-azure-monitor-secrets-[a-z0-9]{8}$/m);
        assert.doesNotMatch(secrets, /otel-collector-plain-secrets/);
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

    it("open only the ports of the stack's flows", async () => {
        await assertIsolated(stack);
    });

    it("do not block clients or backends when unavailable with full queues", async () => {
        await scaleExternalBackends(0);
        const balances = await measureLoss(run, ARRIVAL_TIMEOUT_SECONDS, async () => {
            await eventually(async () => {
                for (const exporter of ["otlp_grpc/vendor", "otlp_http/plain"]) {
                    const lost = await sumCollectorMetric("otelcol_exporter_enqueue_failed", `exporter="${exporter}"`);
                    assert.ok(lost > 0, `the queue of ${exporter} is not full`);
                }
                const unheard = await sumCollectorMetric(
                    "http_client_request_duration_count",
                    INGESTION_HOST,
                    "error_type",
                );
                assert.ok(unheard > 0, "no metric counts that Azure Monitor is away");
            }, RETRY_TIMEOUT_SECONDS);
        });
        printReports(balances);
        await assertNothingLost(balances);
        for (const { signal, made, accepted, sentAgain } of balances) {
            assert.equal(accepted, made, signal);
            assert.equal(sentAgain, 0, signal);
        }
    });

    it("receive queued data after recovery", async () => {
        await scaleExternalBackends(1);
        await eventually(async () => {
            for (const transport of ["grpc", "http"] as const) {
                assert.ok((await countAcceptedByVendor("spans", transport)) > 1000, transport);
            }
        }, ARRIVAL_TIMEOUT_SECONDS);
    });

    it("are retried after throttling, errors and partial success, without duplicates", async () => {
        await planIngestionErrors(loadServiceName("b1"), [503, 206]);
        await planIngestionErrors(loadServiceName("b2"), [429]);
        await sendOnce(collector, "b1");
        // Separately, because the exporter would combine them into one request.
        await eventually(async () => {
            assert.ok((await countIngestionResponses())[503], "nothing is refused");
        });
        await sendOnce(collector, "b2");
        await eventually(async () => {
            await assertIngested("b1");
            await assertIngested("b2");
        }, RETRY_TIMEOUT_SECONDS);
        const answered = await countIngestionResponses();
        for (const status of [200, 206, 429, 503]) {
            assert.ok((answered[status] ?? 0) > 0, `no request was answered with ${status}`);
        }
    });
});
