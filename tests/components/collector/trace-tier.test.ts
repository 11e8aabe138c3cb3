import assert from "node:assert/strict";
import { TRACE_TIER_JOB } from "../../../components/grafana/dashboards/promql";
import { type ProgramRecorder, type Settings, renderProgram } from "../../../tools/render/program";
import {
    getField,
    readConfigMap,
    getContainer,
    listKindsAndNames,
    getPodTemplate,
    getServicePorts,
} from "../../support/manifests";
import { parsePlan, parseSettings } from "../../support/settings";

const NAME = "otel-collector-traces";
const TWO_TIER: Settings = { topology: "two-tier" };
const SAMPLED = { tailSampling: { enabled: true } };
const VENDOR = { endpoint: "https://vendor.example:4317", secretHeaders: { authorization: "t" } };

interface Grpc {
    readonly max_recv_msg_size_mib: number;
}

interface Config {
    readonly connectors: Readonly<Record<string, unknown>>;
    readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly extensions: Readonly<Record<string, unknown>>;
    readonly processors: Readonly<Record<string, unknown>>;
    readonly receivers: Readonly<Record<string, { readonly protocols: Readonly<Record<string, Grpc>> }>>;
    readonly service: { readonly pipelines: Readonly<Record<string, { readonly exporters: readonly string[] }>> };
}

async function renderStack(more: Settings = {}): Promise<ProgramRecorder> {
    return (await renderProgram({ ...TWO_TIER, ...more })).recorder;
}

function readTierConfigs(recorder: ProgramRecorder): { readonly first: Config; readonly second: Config } {
    const read = (name: string) => readConfigMap(recorder, `${name}-config`).config as Config;
    return { first: read("otel-collector"), second: read(NAME) };
}

function listPipelineExporters({ service }: Config): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(Object.entries(service.pipelines).map(([id, { exporters }]) => [id, exporters]));
}

function listTraceTierObjects(recorder: ProgramRecorder): string[] {
    return listKindsAndNames(recorder).filter((name) => name.includes(NAME));
}

describe("trace tier", () => {
    it("is created only when topology is two-tier", async () => {
        assert.deepEqual(listTraceTierObjects((await renderProgram({})).recorder), []);
        assert.deepEqual(listTraceTierObjects(await renderStack()), [
            `ConfigMap ${NAME}-config-HASH`,
            `PodDisruptionBudget ${NAME}`,
            `Service ${NAME}`,
            `Service ${NAME}-headless`,
            `StatefulSet ${NAME}`,
        ]);
        const alone = listTraceTierObjects(await renderStack({ traceTier: { replicas: 1 } }));
        assert.ok(!alone.includes(`PodDisruptionBudget ${NAME}`));
    });

    it("receives traces from the ingest tier, which then runs no tail sampling or span metrics", async () => {
        const { first, second } = readTierConfigs(await renderStack());
        assert.deepEqual(listPipelineExporters(first), {
            traces: ["load_balancing", "forward/debug"],
            metrics: ["signal_to_metrics/repairs", "prometheus", "prometheus_remote_write", "forward/debug"],
            logs: ["signal_to_metrics/repairs", "otlp_http/loki", "forward/debug"],
            "metrics/repairs": ["prometheus_remote_write"],
            "traces/debug": ["debug"],
            "metrics/debug": ["debug"],
            "logs/debug": ["debug"],
        });
        assert.deepEqual(listPipelineExporters(second), {
            traces: ["signal_to_metrics/repairs", "otlp_grpc/jaeger", "span_metrics", "service_graph"],
            "metrics/spans": ["prometheus_remote_write"],
            "metrics/repairs": ["prometheus_remote_write"],
        });
        assert.deepEqual(Object.keys(first.connectors), ["forward/debug", "signal_to_metrics/repairs"]);
        assert.deepEqual(Object.keys(second.receivers), ["otlp/trace-tier"]);
        assert.deepEqual(Object.keys(second.receivers["otlp/trace-tier"]?.protocols ?? {}), ["grpc"]);
    });

    it("samples traces, however many replicas the ingest tier has", async () => {
        for (const collector of [{ replicas: 3 }, { autoscaling: { enabled: true } }]) {
            const recorder = await renderStack({ ...SAMPLED, collector });
            const { first, second } = readTierConfigs(recorder);
            assert.ok(!("tail_sampling" in first.processors));
            assert.deepEqual(listPipelineExporters(second)["traces/sampled"], [
                "signal_to_metrics/repairs",
                "otlp_grpc/jaeger",
            ]);
            assert.ok("span_metrics" in second.connectors);
        }
    });

    it("receives all spans of a trace in one ready pod", async () => {
        const recorder = await renderStack();
        const { load_balancing: exporter } = readTierConfigs(recorder).first.exporters;
        assert.equal(exporter?.routing_key, "traceID");
        assert.deepEqual(exporter.resolver, {
            dns: { hostname: `${NAME}.playground-otel`, port: "4317", interval: "5s", timeout: "2s" },
        });
        const service = recorder.manifest("Service", NAME);
        assert.equal(getField(service, "spec", "clusterIP"), "None");
        assert.equal(getField(service, "spec", "publishNotReadyAddresses"), undefined);
        assert.deepEqual(getServicePorts(service), { "otlp-grpc": 4317 });
    });

    it("resolves endpoints again before it retries a rejected batch", async () => {
        for (const mode of ["memory", "disk"]) {
            const { load_balancing: exporter } = readTierConfigs(await renderStack({ durability: { mode } })).first
                .exporters;
            const { protocol, retry_on_failure, sending_queue } = exporter as {
                protocol: { otlp: { sending_queue: object; retry_on_failure: { max_elapsed_time: string } } };
                retry_on_failure: { max_elapsed_time: string };
                sending_queue: { storage?: string };
            };
            assert.deepEqual(protocol.otlp.sending_queue, { enabled: false });
            assert.equal(protocol.otlp.retry_on_failure.max_elapsed_time, "15s");
            assert.equal(retry_on_failure.max_elapsed_time, mode === "disk" ? "30m" : "0s");
            assert.equal(sending_queue.storage, mode === "disk" ? "file_storage" : undefined);
        }
    });

    it("accepts messages that are larger than one batch", async () => {
        const batch = { maxSize: "3Mi" };
        const grpcOf = async (collector: object) =>
            readTierConfigs(await renderStack({ collector })).second.receivers["otlp/trace-tier"]?.protocols.grpc;
        assert.equal((await grpcOf({ batch }))?.max_recv_msg_size_mib, 12);
        const receiver = { maxRequestSize: "16Mi" };
        assert.equal((await grpcOf({ batch, receiver }))?.max_recv_msg_size_mib, 16);
    });

    it("has stable pod names that label its series", async () => {
        const recorder = await renderStack();
        const set = recorder.manifest("StatefulSet", NAME);
        assert.equal(getField(set, "spec", "serviceName"), `${NAME}-headless`);
        assert.equal(getField(set, "spec", "replicas"), 2);
        assert.equal(getField(set, "spec", "volumeClaimTemplates"), undefined);
        assert.deepEqual(
            getContainer(set).env.find(({ name }) => name === "POD_NAME"),
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        );
        assert.match(
            JSON.stringify(readTierConfigs(recorder).second.processors["transform/span-metrics"]),
            /set\(resource\.attributes\[\\"service\.instance\.id\\"\], \\"\$\{env:POD_NAME:-unknown\}\\"\)/,
        );
    });

    it("renders no span metrics when they are disabled", async () => {
        const recorder = await renderStack({ spanMetrics: { enabled: false } });
        const { second } = readTierConfigs(recorder);
        assert.deepEqual(Object.keys(second.connectors), ["signal_to_metrics/repairs"]);
    });

    it("delays shutdown until the ingest tier has updated its endpoints", async () => {
        const recorder = await renderStack();
        const secondsOf = (kind: string, name: string) => {
            const manifest = recorder.manifest(kind, name);
            return [
                getContainer(manifest).lifecycle.preStop.sleep.seconds,
                getPodTemplate(manifest).spec.terminationGracePeriodSeconds,
            ];
        };
        assert.deepEqual(secondsOf("Deployment", "otel-collector"), [5, 45]);
        assert.deepEqual(secondsOf("StatefulSet", NAME), [15, 55]);
    });

    it("has an await timeout that covers a sequential rollout", async () => {
        const recorder = await renderStack({ traceTier: { replicas: 20 } });
        const { annotations } = recorder.manifest("StatefulSet", NAME).metadata;
        assert.equal(annotations?.["pulumi.com/timeoutSeconds"], String(2 * 60 + 60 + 19 * 60));
    });

    it("has its own persistent volumes when durability.mode is disk", async () => {
        const recorder = await renderStack({
            durability: { mode: "disk" },
            traceTier: { queue: { volumeSize: "9Gi" } },
        });
        const claimed = (name: string) => {
            const claims = getField(
                recorder.manifest("StatefulSet", name),
                "spec",
                "volumeClaimTemplates",
            ) as readonly [{ spec: { resources: { requests: { storage: string } } } }];
            return claims[0].spec.resources.requests.storage;
        };
        assert.equal(claimed(NAME), "9Gi");
        assert.notEqual(claimed("otel-collector"), "9Gi");
        const { second } = readTierConfigs(recorder);
        assert.ok("file_storage" in second.extensions);
        assert.deepEqual(listPipelineExporters(second), {
            traces: ["signal_to_metrics/repairs", "otlp_http/jaeger", "span_metrics", "service_graph"],
            "metrics/spans": ["otlp_http/prometheus"],
            "metrics/repairs": ["otlp_http/prometheus"],
        });
    });

    it("exports traces to destinations, and the ingest tier the other signals", async () => {
        const recorder = await renderStack({
            destinations: {
                both: VENDOR,
                records: { ...VENDOR, signals: ["logs"] },
                traces: { ...VENDOR, signals: ["traces"] },
            },
            azureMonitor: { enabled: true, connectionString: "InstrumentationKey=0", signals: ["traces"] },
        });
        const { first, second } = readTierConfigs(recorder);
        const listDestinations = ({ exporters }: Config) =>
            Object.keys(exporters).filter((id) => /both|records|traces|azure/.test(id));
        assert.deepEqual(listDestinations(first), ["otlp_grpc/both", "otlp_grpc/records"]);
        assert.deepEqual(listDestinations(second), ["azure_monitor", "otlp_grpc/both", "otlp_grpc/traces"]);
        assert.deepEqual(
            listKindsAndNames(recorder).filter((name) => name.startsWith("Secret otel")),
            [
                "Secret otel-collector-both-secrets-1",
                "Secret otel-collector-records-secrets-1",
                `Secret ${NAME}-azure-monitor-secrets-1`,
                `Secret ${NAME}-both-secrets-1`,
                `Secret ${NAME}-traces-secrets-1`,
            ],
        );
    });

    it("works without Jaeger when a destination takes traces", async () => {
        const { first, second } = readTierConfigs(
            await renderStack({
                jaeger: { enabled: false },
                destinations: { vendor: { ...VENDOR, onQueueFull: "reject" } },
            }),
        );
        assert.deepEqual(listPipelineExporters(first).traces, ["load_balancing", "forward/debug"]);
        assert.ok(listPipelineExporters(second).traces?.includes("otlp_grpc/vendor"));
    });

    it("does not change where signals are read back", async () => {
        const verification = async (settings: Settings) => (await renderProgram(settings)).program.verification;
        assert.deepEqual(await verification(TWO_TIER), await verification({}));
    });

    it("reports its own durability output", async () => {
        const { durability } = (await renderProgram({ ...TWO_TIER, durability: { mode: "disk" } })).program;
        assert.deepEqual(Object.keys(durability.queues), ["load_balancing", "otlp_http/prometheus", "otlp_http/loki"]);
        assert.deepEqual(Object.keys(durability.traceTier?.queues ?? {}), ["otlp_http/jaeger", "otlp_http/prometheus"]);
        assert.match(durability.traceTier?.volume ?? "", /Mi$/);
    });

    it("has its own scrape job with one target per pod", async () => {
        const { config } = readConfigMap(await renderStack({ traceTier: { replicas: 3 } }), "prometheus-config");
        const jobs = (config as { scrape_configs: readonly { job_name: string }[] }).scrape_configs;
        assert.deepEqual(
            jobs.find(({ job_name }) => job_name === TRACE_TIER_JOB),
            {
                job_name: TRACE_TIER_JOB,
                static_configs: [
                    { targets: [0, 1, 2].map((pod) => `${NAME}-${pod}.${NAME}-headless.playground-otel:8888`) },
                ],
            },
        );
    });

    it("inherits resources from the ingest tier, and accepts overrides", () => {
        for (const size of ["small", "medium", "large"]) {
            const { collector, traceTier } = parseSettings({ ...TWO_TIER, size });
            assert.deepEqual(traceTier.resources, collector.resources, size);
        }
        const limits = { memory: "384Mi" };
        const { traceTier } = parseSettings({ ...TWO_TIER, size: "medium", traceTier: { resources: { limits } } });
        assert.deepEqual(traceTier.resources.limits, { cpu: "2", memory: "384Mi" });
    });

    it("sizes its queues by its own memory", () => {
        const plan = parsePlan({ ...TWO_TIER, traceTier: { resources: { limits: { memory: "2Gi" } } } });
        assert.equal(plan.ingestTier.queues.bytes.traces, 17 * 2 ** 20);
        assert.equal(plan.traceTier?.queues.bytes.traces, 34 * 2 ** 20);
    });
});
