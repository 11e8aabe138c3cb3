import assert from "node:assert/strict";
import { VictoriaLogs, victoriaLogsEndpoints } from "../../../components/victoria-logs/victoria-logs";
import { victoriaLogsHeaders } from "../../../components/victoria-logs/config";
import { resolveVolumeSize } from "../../../config/model/volumes";
import { type ProgramRecorder, startMocks, renderProgram } from "../../../tools/render/program";
import { getField, readConfigMap, getContainer, listKindsAndNames, getServicePorts } from "../../support/manifests";
import { parseSettings } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

type Raw = Readonly<Record<string, unknown>>;

async function createVictoriaLogs(victoriaLogs: Raw = {}, others: Raw = {}): Promise<ProgramRecorder> {
    const settings = parseSettings({ ...others, victoriaLogs: { enabled: true, ...victoriaLogs } });
    const recorder = await startMocks();
    new VictoriaLogs("logs", {
        ...settings.victoriaLogs,
        volumeSize: resolveVolumeSize("victoriaLogs", settings),
        namespace: "ns",
        image: settings.images.victoriaLogs,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
    });
    return recorder.settle();
}

/** The values of the flags, by name. */
async function parseFlags(victoriaLogs: Raw = {}, others: Raw = {}): Promise<Readonly<Record<string, string>>> {
    const recorder = await createVictoriaLogs(victoriaLogs, others);
    const pod = recorder.manifests.find(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
    assert.ok(pod);
    return Object.fromEntries(
        getContainer(pod).args.map((arg) => {
            const [, name = "", value = ""] = /^-([^=]+)=(.*)$/.exec(arg) ?? assert.fail(`no flag: ${arg}`);
            return [name, value];
        }),
    );
}

describe("VictoriaLogs", () => {
    it("creates a Deployment and a Service, without a ConfigMap", async () => {
        const recorder = await createVictoriaLogs();
        assert.deepEqual(listKindsAndNames(recorder), ["Deployment logs", "Service logs"]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "logs")), { http: 9428 });
    });

    it("listens on IPv6 as well", async () => {
        assert.equal((await parseFlags()).enableTCP6, "true");
    });

    it("writes to its data directory, and has a termination grace period of a minute", async () => {
        const deployment = (await createVictoriaLogs()).manifest("Deployment", "logs");
        assert.deepEqual(getContainer(deployment).volumeMounts, [{ name: "data", mountPath: "/victoria-logs-data" }]);
        assert.equal(getField(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"), 60);
    });

    it("deletes records after the retention, and the oldest days above three quarters of its volume", async () => {
        const flags = await parseFlags({ retention: "2w", volumeSize: "4Gi" });
        assert.equal(flags.retentionPeriod, "1209600s");
        assert.equal(flags["retention.maxDiskSpaceUsageBytes"], "3072MiB");
    });

    it("flushes to disk every 5 s, and every 1 s when durability.mode is disk", async () => {
        assert.equal((await parseFlags()).inmemoryDataFlushInterval, "5s");
        assert.equal((await parseFlags({}, { durability: { mode: "disk" } })).inmemoryDataFlushInterval, "1s");
        assert.equal(
            (await parseFlags({ flushInterval: "1m" }, { durability: { mode: "disk" } })).inmemoryDataFlushInterval,
            "60s",
        );
    });

    it("enforces ingestion limits", async () => {
        const flags = await parseFlags({ ingestion: { maxRequestSize: "8Mi", maxFields: 100 } });
        assert.equal(flags["opentelemetry.maxRequestSize"], "8388608");
        assert.equal(flags["insert.maxFieldsPerLine"], "100");
    });

    it("keeps caches and GOMEMLIMIT below the container's memory limit", async () => {
        const limits = { resources: { limits: { memory: "1Gi" } } };
        assert.equal((await parseFlags(limits))["memory.allowedBytes"], "536870912");
        const { env } = getContainer((await createVictoriaLogs(limits)).manifest("Deployment", "logs"));
        assert.equal(env.find(({ name }) => name === "GOMEMLIMIT")?.value, "819MiB");
    });

    it("disables CORS", async () => {
        assert.equal((await parseFlags())["http.disableCORS"], "true");
    });

    it("is addressed by the name of its Service", () => {
        const { api, otlpUrl } = victoriaLogsEndpoints("logs", "ns");
        assert.equal(api.url, "http://logs.ns:9428");
        assert.equal(otlpUrl, "http://logs.ns:9428/insert/opentelemetry");
    });

    it("receives stream fields of which none changes with each rollout", () => {
        const { victoriaLogs } = parseSettings({});
        assert.deepEqual(victoriaLogsHeaders(victoriaLogs), {
            "VL-Stream-Fields": "service.name,service.namespace,deployment.environment.name,k8s.namespace.name",
        });
    });

    it("receives the configured message fields", () => {
        const { victoriaLogs } = parseSettings({ victoriaLogs: { enabled: true, messageFields: ["message", "msg"] } });
        assert.equal(victoriaLogsHeaders(victoriaLogs)["VL-Msg-Field"], "message,body.message,msg,body.msg");
    });
});

interface Exporter {
    readonly endpoint: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly sending_queue: Readonly<Record<string, unknown>>;
}

interface Rendered {
    readonly exporters: Readonly<Record<string, Exporter>>;
    readonly service: { readonly pipelines: { readonly logs: { readonly exporters: readonly string[] } } };
}

const ON = { enabled: true };
const OFF = { enabled: false };

describe("log stores", () => {
    async function collectorOf(raw: Raw): Promise<Rendered> {
        const { recorder } = await renderProgram(raw);
        return readConfigMap(recorder, "otel-collector-config").config as Rendered;
    }

    it("have only VictoriaLogs' exporter, endpoint, port-forward and scrape job when Loki is disabled", async () => {
        const { program, recorder } = await renderProgram({ loki: OFF, victoriaLogs: ON });
        assert.deepEqual(program.verification.logs, ["victorialogs", "debug"]);
        assert.equal(program.endpoints.loki, undefined);
        assert.equal(program.endpoints.victoriaLogs?.short, "http://victorialogs.playground-otel:9428");
        assert.equal(
            program.portForwards.victoriaLogs?.command,
            "kubectl port-forward -n playground-otel svc/victorialogs 9428:9428",
        );
        const { exporters } = readConfigMap(recorder, "otel-collector-config").config as Rendered;
        assert.equal(exporters["otlp_http/loki"], undefined);
        assert.equal(
            exporters["otlp_http/victorialogs"]?.endpoint,
            "http://victorialogs.playground-otel:9428/insert/opentelemetry",
        );
        assert.ok(exporters["otlp_http/victorialogs"].headers?.["VL-Stream-Fields"]);
        const { scrape_configs } = readConfigMap(recorder, "prometheus-config").config as {
            scrape_configs: { job_name: string }[];
        };
        assert.ok(scrape_configs.some(({ job_name }) => job_name === "victorialogs"));
        assert.equal(
            scrape_configs.some(({ job_name }) => job_name === "loki"),
            false,
        );
    });

    it("have one queue each when both are enabled", async () => {
        const { exporters, service } = await collectorOf({ victoriaLogs: ON, durability: { mode: "disk" } });
        assert.deepEqual(service.pipelines.logs.exporters, ["forward/loki", "forward/victorialogs", "forward/debug"]);
        assert.deepEqual(
            exporters["otlp_http/victorialogs"]?.sending_queue,
            exporters["otlp_http/loki"]?.sending_queue,
        );
    });

    it("share memory and volume with the other queues when both are enabled", async () => {
        const sizeOf = async (raw: Raw) =>
            (await collectorOf(raw)).exporters["otlp_http/loki"]?.sending_queue.queue_size;
        assert.equal(await sizeOf({}), 17 * 2 ** 20);
        assert.equal(await sizeOf({ victoriaLogs: ON }), 12 * 2 ** 20);
        const volumeOf = async (raw: Raw) =>
            (await renderProgram({ durability: { mode: "disk" }, ...raw })).program.durability.volume ?? "";
        const [one, two] = [await volumeOf({}), await volumeOf({ victoriaLogs: ON })].map((text) => parseInt(text));
        assert.ok(one !== undefined && two !== undefined && two > one, `${one} ${two}`);
    });

    it("are listed in the durability output", async () => {
        const { program } = await renderProgram({ durability: { mode: "disk" }, loki: OFF, victoriaLogs: ON });
        assert.deepEqual(Object.keys(program.durability.queues), [
            "otlp_http/jaeger",
            "otlp_http/prometheus",
            "otlp_http/victorialogs",
        ]);
    });

    it("cause a warning about VictoriaLogs' in-memory records when durability.mode is disk", async () => {
        const warningsOf = async (raw: Raw): Promise<string> => {
            const warnings: unknown[] = [];
            const { warn } = console;
            console.warn = (message: unknown) => warnings.push(message);
            await renderProgram(raw).finally(() => {
                console.warn = warn;
            });
            return String(warnings);
        };
        assert.match(
            await warningsOf({ durability: { mode: "disk" }, victoriaLogs: ON }),
            /loses the log records .*flushInterval is 1s/,
        );
        assert.doesNotMatch(await warningsOf({ victoriaLogs: ON }), /victoriaLogs/);
        assert.doesNotMatch(await warningsOf({ durability: { mode: "disk" } }), /victoriaLogs/);
    });
});
