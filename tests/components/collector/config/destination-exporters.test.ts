import assert from "node:assert/strict";
import { renderCollectorConfig } from "../../../../components/collector/config/render";
import { markDestinationSecrets } from "../../../../components/collector/config/destination-exporters";
import type { CollectorConfig } from "../../../../components/collector/config/types/collector-config";
import { loadSettings } from "../../../../config/load";
import { type ProgramRecorder, startMocks, renderProgram, unwrapSecrets } from "../../../../tools/render/program";
import { BACKEND_ENDPOINTS } from "../../../support/backend-endpoints";
import { readConfigMap, getContainer, getPodTemplate } from "../../../support/manifests";
import { parsePlan, parseSettings } from "../../../support/settings";

type Raw = Readonly<Record<string, unknown>>;

const OFF = { enabled: false };
const SECRET = "Bearer s3cret$1${x}";
const CONNECTION = "InstrumentationKey=00000000-1111;IngestionEndpoint=https://in.azure.example/";
const VENDOR = {
    endpoint: "https://otlp.vendor.example",
    headers: { "x-tenant": "shop" },
    secretHeaders: { authorization: SECRET },
    tls: { caSecretName: "vendor-ca" },
};
const HTTP = { endpoint: "http://other.example:4318/a$b/", protocol: "http", signals: ["logs"], compression: "none" };
const BOTH = {
    destinations: { vendor: VENDOR, other: HTTP },
    azureMonitor: { enabled: true, connectionString: CONNECTION },
};

function renderTestConfig(raw: Raw): CollectorConfig {
    const { ingestTier, metricsPushProtocol, settings } = parsePlan(raw);
    return renderCollectorConfig({
        ...settings.collector,
        ...ingestTier,
        pushProtocol: metricsPushProtocol,
        backends: BACKEND_ENDPOINTS,
        destinations: markDestinationSecrets(ingestTier.destinations),
    });
}

function findCollectorContainer(recorder: ProgramRecorder): ReturnType<typeof getContainer> {
    return getContainer(recorder.manifest("Deployment", "otel-collector"));
}

describe("destination exporter configuration", () => {
    const { connectors, exporters, processors, service } = renderTestConfig(BOTH);

    it("renders one exporter per destination with its endpoint and headers", () => {
        const { endpoint, headers, tls, compression } = exporters["otlp_grpc/vendor"] ?? {};
        assert.deepEqual(
            { endpoint, headers, tls, compression },
            {
                endpoint: "otlp.vendor.example:443",
                headers: { "x-tenant": "shop", authorization: "${env:DESTINATION__VENDOR__AUTHORIZATION}" },
                tls: { ca_file: "/etc/otel-stack/destinations/vendor/ca.crt", reload_interval: "1m" },
                compression: "gzip",
            },
        );
        const other = exporters["otlp_http/other"];
        assert.equal(other?.endpoint, "http://other.example:4318/a$$b");
        assert.equal(other.compression, "none");
        assert.equal(other.tls, undefined);
    });

    it("uses plaintext gRPC when the endpoint is http://", () => {
        const plain = renderTestConfig({ destinations: { vendor: { endpoint: "http://[fd00::1]:4317" } } });
        assert.equal(plain.exporters["otlp_grpc/vendor"]?.endpoint, "[fd00::1]:4317");
        assert.deepEqual(plain.exporters["otlp_grpc/vendor"].tls, { insecure: true });
    });

    for (const protocol of ["grpc", "http"] as const) {
        it(`skips certificate verification when tls.insecureSkipVerify is true (${protocol})`, () => {
            const vendor = { endpoint: "https://vendor.example", protocol, tls: { insecureSkipVerify: true } };
            const { exporters } = renderTestConfig({ destinations: { vendor } });
            const exporter = exporters[protocol === "grpc" ? "otlp_grpc/vendor" : "otlp_http/vendor"];
            assert.deepEqual(exporter?.tls, { insecure_skip_verify: true });
        });
    }

    it("retries without limit from one queue per destination", () => {
        for (const exporter of [exporters["otlp_grpc/vendor"], exporters["otlp_http/other"]]) {
            assert.equal(exporter?.retry_on_failure.max_elapsed_time, "0s");
            assert.equal(exporter.sending_queue.sizer, "bytes");
        }
        assert.equal(exporters.azure_monitor?.sending_queue.sizer, "bytes");
    });

    it("uses separate pipelines for destinations with onQueueFull: drop", () => {
        assert.deepEqual(connectors["forward/destinations"], {});
        assert.deepEqual(processors["batch/destinations"], { timeout: "0s", send_batch_size: 0 });
        assert.deepEqual(service.pipelines["logs/destinations"], {
            receivers: ["forward/destinations"],
            processors: ["batch/destinations"],
            exporters: ["otlp_http/other", "otlp_grpc/vendor"],
        });
        assert.deepEqual(service.pipelines["traces/destinations"]?.exporters, ["otlp_grpc/vendor"]);
        assert.deepEqual(service.pipelines.logs?.exporters, ["forward/loki", "forward/debug", "forward/destinations"]);
    });

    it("limits Azure Monitor's memory before the other exporters'", () => {
        assert.deepEqual(service.pipelines["logs/azure-monitor"], {
            receivers: ["forward/destinations"],
            processors: ["batch/destinations", "memory_limiter/azure-monitor"],
            exporters: ["azure_monitor"],
        });
        const all = processors.memory_limiter;
        const azure = processors["memory_limiter/azure-monitor"];
        assert.ok(all && azure);
        assert.ok(azure.limit_mib < all.limit_mib - all.spike_limit_mib);
    });

    it("shares the backends' pipelines when onQueueFull is reject", () => {
        const config = renderTestConfig({ destinations: { vendor: { ...VENDOR, onQueueFull: "reject" } } });
        assert.deepEqual(config.service.pipelines.logs?.exporters, [
            "forward/loki",
            "forward/debug",
            "otlp_grpc/vendor",
        ]);
        assert.equal(config.service.pipelines["logs/destinations"], undefined);
        assert.equal(config.connectors["forward/destinations"], undefined);
    });

    it("works without any bundled backend", () => {
        const own = { jaeger: OFF, loki: OFF, prometheus: OFF, grafana: OFF, collector: { debugExporter: OFF } };
        const config = renderTestConfig({ ...own, destinations: { vendor: { ...VENDOR, onQueueFull: "reject" } } });
        for (const signal of ["traces", "metrics", "logs"] as const) {
            assert.deepEqual(config.service.pipelines[signal]?.exporters, ["otlp_grpc/vendor"]);
        }
    });

    it("uses persistent queues and fewer in-memory batches when durability.mode is disk", () => {
        const disk = renderTestConfig({ durability: { mode: "disk" }, ...BOTH });
        const loki = disk.exporters["otlp_http/loki"]?.sending_queue;
        assert.equal(loki?.storage, "file_storage");
        assert.equal(loki.num_consumers, 4);
        for (const id of ["otlp_grpc/vendor", "otlp_http/other", "azure_monitor"] as const) {
            assert.deepEqual(disk.exporters[id]?.sending_queue, { ...loki, num_consumers: 1 });
        }
    });

    it("exposes Azure Monitor's request metrics only when it is enabled", () => {
        const countedIn = (config: CollectorConfig): boolean =>
            config.service.telemetry.metrics.views.some(
                ({ selector }) => selector.instrument_name === "http.client.request.duration",
            );
        assert.ok(countedIn(renderTestConfig(BOTH)));
        assert.ok(!countedIn(renderTestConfig({ destinations: { vendor: VENDOR } })));
    });
});

describe("destination queues", () => {
    it("share the memory budget with the backends' queues", () => {
        assert.equal(parsePlan({}).ingestTier.queues.bytes.traces, 17 * 2 ** 20);
        assert.equal(parsePlan({ destinations: { vendor: VENDOR } }).ingestTier.queues.bytes.traces, 8 * 2 ** 20);
    });

    it("leave memory for three destinations that replay all signals from disk", () => {
        const names = ["a", "b", "c"];
        parseSettings({
            durability: { mode: "disk" },
            destinations: Object.fromEntries(names.map((name) => [name, VENDOR])),
        });
    });

    it("fit the queue volume", () => {
        const volume = (raw: Raw): number => parseInt(parsePlan(raw).ingestTier.queues.volume?.size ?? "", 10);
        const before = volume({ durability: { mode: "disk" } });
        // Three signals and the one that is compacted before, three more now.
        const after = volume({ durability: { mode: "disk" }, destinations: { vendor: VENDOR } });
        assert.equal(Math.floor(after / 7), Math.floor(before / 4));
    });

    it("require a volume even without bundled backends", () => {
        const own = { jaeger: OFF, loki: OFF, prometheus: OFF, grafana: OFF };
        parseSettings({
            durability: { mode: "disk" },
            ...own,
            destinations: { vendor: { ...VENDOR, onQueueFull: "reject" } },
        });
    });

    it("are listed in the outputs", async () => {
        const { program } = await renderProgram(BOTH);
        assert.deepEqual(Object.keys(program.durability.queues).sort(), [
            "otlp_grpc/jaeger",
            "otlp_grpc/vendor logs",
            "otlp_grpc/vendor metrics",
            "otlp_grpc/vendor traces",
            "otlp_http/loki",
            "otlp_http/other logs",
        ]);
    });
});

describe("destination Secrets", () => {
    let recorder: ProgramRecorder;

    before(async () => {
        ({ recorder } = await renderProgram(BOTH));
    });

    it("are immutable and named by version", () => {
        const vendor = recorder.manifest("Secret", "otel-collector-vendor-secrets-1");
        // The Collector reads `$$` as one `$`.
        assert.deepEqual(vendor.stringData, { authorization: "Bearer s3cret$$1$${x}" });
        assert.equal(vendor.immutable, true);
        const azure = recorder.manifest("Secret", "otel-collector-azure-monitor-secrets-1");
        assert.deepEqual(azure.stringData, { connectionString: CONNECTION });
    });

    it("are passed to the Collector as environment variables", () => {
        const env = findCollectorContainer(recorder).env.filter(
            ({ name, valueFrom }) => name !== "POD_NAME" && (valueFrom as unknown) !== undefined,
        );
        assert.deepEqual(env, [
            {
                name: "DESTINATION__VENDOR__AUTHORIZATION",
                valueFrom: { secretKeyRef: { name: "otel-collector-vendor-secrets-1", key: "authorization" } },
            },
            {
                name: "APPLICATIONINSIGHTS_CONNECTION_STRING",
                valueFrom: {
                    secretKeyRef: { name: "otel-collector-azure-monitor-secrets-1", key: "connectionString" },
                },
            },
        ]);
    });

    it("appear in the state only as secrets, and in no other object or output", async () => {
        const { program, recorder: again } = await renderProgram(BOTH);
        const open = JSON.stringify([again.resources, program], (_, value: unknown) =>
            typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value
                ? "a secret"
                : value,
        );
        assert.match(open, /a secret/);
        assert.doesNotMatch(open, /s3cret|InstrumentationKey|in\.azure\.example/);
    });

    it("have names with a random suffix that changes with any of their values", () => {
        const suffixes = recorder.resources.filter(({ type }) => type === "random:index/randomString:RandomString");
        const values = suffixes.map(({ inputs, name }) => [
            name,
            (unwrapSecrets(inputs) as { readonly keepers: unknown }).keepers,
        ]);
        assert.deepEqual(Object.fromEntries(values), {
            "otel-collector-vendor-secrets": { authorization: "Bearer s3cret$$1$${x}" },
            "otel-collector-azure-monitor-secrets": { connectionString: CONNECTION },
        });
    });

    it("are separate from the CA certificate, which is mounted", () => {
        const { mountPath } =
            findCollectorContainer(recorder).volumeMounts.find(({ name }) => name === "ca-vendor") ?? {};
        assert.equal(mountPath, "/etc/otel-stack/destinations/vendor");
        const volumes = getPodTemplate(recorder.manifest("Deployment", "otel-collector")).spec.volumes;
        assert.deepEqual(
            volumes.find(({ name }) => name === "ca-vendor"),
            {
                name: "ca-vendor",
                secret: { secretName: "vendor-ca", defaultMode: 0o440, items: [{ key: "ca.crt", path: "ca.crt" }] },
            },
        );
    });

    it("are not created when existing Secrets contain the values", async () => {
        const { recorder: existing } = await renderProgram({
            grafana: OFF,
            destinations: {
                vendor: {
                    endpoint: "https://a.example",
                    secretName: "keys",
                    secretHeaderKeys: { "X-Token": "vendor" },
                },
            },
            azureMonitor: { enabled: true, secretName: "azure" },
        });
        assert.deepEqual(
            existing.manifests.filter(({ kind }) => kind === "Secret"),
            [],
        );
        const env = findCollectorContainer(existing).env.filter(({ name }) => /^(?:DEST|APPL)/.test(name));
        assert.deepEqual(env, [
            {
                name: "DESTINATION__VENDOR__X_TOKEN",
                valueFrom: { secretKeyRef: { name: "keys", key: "vendor" } },
            },
            {
                name: "APPLICATIONINSIGHTS_CONNECTION_STRING",
                valueFrom: { secretKeyRef: { name: "azure", key: "connectionString" } },
            },
        ]);
        const { config } = readConfigMap(existing, "otel-collector-config") as { readonly config: CollectorConfig };
        assert.deepEqual(config.exporters["otlp_grpc/vendor"]?.headers, {
            "X-Token": "${env:DESTINATION__VENDOR__X_TOKEN}",
        });
    });

    it("are omitted when no destination has secrets", async () => {
        const { recorder: plain } = await renderProgram({ destinations: { other: HTTP }, grafana: OFF });
        assert.deepEqual(
            plain.manifests.filter(({ kind }) => kind === "Secret"),
            [],
        );
        assert.deepEqual(
            findCollectorContainer(plain).env.map(({ name }) => name),
            ["GOMEMLIMIT", "POD_NAME"],
        );
        assert.ok(readConfigMap(plain, "otel-collector-config"));
    });

    it("cause a warning when the stack file has them in plaintext", async () => {
        const said: string[] = [];
        const { warn } = console;
        console.warn = (line: string) => said.push(line);
        try {
            await startMocks(BOTH, ["azureMonitor"]);
            loadSettings();
        } finally {
            console.warn = warn;
        }
        assert.match(said.join(), /destinations\.vendor\.secretHeaders\.authorization is not encrypted/);
        assert.doesNotMatch(said.join(), /azureMonitor|s3cret/);
    });
});
