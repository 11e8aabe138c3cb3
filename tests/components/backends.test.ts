import assert from "node:assert/strict";
import { resolveBasePaths } from "../../config/model/expose";
import { Jaeger, jaegerEndpoints } from "../../components/jaeger/jaeger";
import { renderJaegerConfig } from "../../components/jaeger/config";
import { Prometheus, type PrometheusArgs, prometheusEndpoints } from "../../components/prometheus/prometheus";
import { type PrometheusConfigArgs, renderPrometheusConfig } from "../../components/prometheus/config";
import { maxReplayDelaySeconds, jaegerAcceptsHttp } from "../../config/model/durability";
import { resolvePlan } from "../../config/model/plan";
import type { MetricsPushProtocol } from "../../config/model/routes";
import { resolveVolumeSize } from "../../config/model/volumes";
import { type ProgramRecorder, startMocks } from "../../tools/render/program";
import { getField, readConfigMap, getContainer, listKindsAndNames, getServicePorts } from "../support/manifests";
import { parseSettings } from "../support/settings";
import { POD_OPTIONS } from "../support/pod-options";

async function createJaeger(raw: Readonly<Record<string, unknown>> = {}): Promise<ProgramRecorder> {
    const settings = parseSettings(raw);
    const { jaeger, images, rolloutTimeout } = settings;
    const recorder = await startMocks();
    new Jaeger("store", {
        ...jaeger,
        volumeSize: resolveVolumeSize("jaeger", settings),
        acceptsOtlpHttp: jaegerAcceptsHttp(settings),
        maxSpansPerTrace: resolvePlan(settings).maxSpansPerTrace,
        basePath: resolveBasePaths(settings).jaeger,
        namespace: "ns",
        image: images.jaeger,
        rolloutTimeout,
        pods: POD_OPTIONS,
    });
    return recorder.settle();
}

const TARGETS = [{ job: "gateway", host: "gateway-headless.ns", port: 8889 }] as const;

function resolvePrometheusArgs(raw: Readonly<Record<string, unknown>> = {}): PrometheusArgs {
    const settings = parseSettings(raw);
    return {
        ...settings.prometheus,
        volumeSize: resolveVolumeSize("prometheus", settings),
        namespace: "ns",
        image: settings.images.prometheus,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
        targets: TARGETS,
        alertmanagers: [],
        ruleGroups: [],
        maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
        basePath: resolveBasePaths(settings).prometheus,
    };
}

async function createPrometheus(raw: Readonly<Record<string, unknown>> = {}): Promise<ProgramRecorder> {
    const recorder = await startMocks();
    new Prometheus("series", resolvePrometheusArgs(raw));
    return recorder.settle();
}

describe("Jaeger", () => {
    it("creates a Deployment, a ConfigMap and a Service", async () => {
        const recorder = await createJaeger();
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap store-config-HASH",
            "Deployment store",
            "Service store",
        ]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "store")), {
            "otlp-grpc": 4317,
            telemetry: 8888,
            ui: 16686,
        });
    });

    it("stores traces in the pod without a volume", async () => {
        const recorder = await createJaeger();
        const { config } = readConfigMap(recorder, "store-config");
        const { jaeger } = parseSettings({});
        assert.deepEqual(config, renderJaegerConfig({ ...jaeger, acceptsOtlpHttp: false, basePath: "" }));
        const deployment = recorder.manifest("Deployment", "store");
        assert.ok(getContainer(deployment).volumeMounts.some(({ mountPath }) => mountPath === "/badger"));
        assert.match(JSON.stringify(deployment), /"emptyDir":\{"sizeLimit":"5120Mi"\}/);
    });

    it("drops traces of too many spans without a volume, and only if a maximum is set", async () => {
        const raw = { jaeger: { maxSpansPerTrace: 2000 } };
        const { config } = readConfigMap(await createJaeger(raw), "store-config");
        const { processors, service } = config as {
            processors: { tail_sampling: { policies: object } };
            service: { pipelines: { traces: { processors: string[] } } };
        };
        assert.deepEqual(processors.tail_sampling.policies, [
            { name: "max-spans", type: "span_count", span_count: { min_spans: 1, max_spans: 2000 } },
        ]);
        assert.deepEqual(service.pipelines.traces.processors, ["memory_limiter", "tail_sampling"]);
        const unlimited = readConfigMap(await createJaeger(), "store-config").config;
        assert.doesNotMatch(JSON.stringify(unlimited), /tail_sampling/);
    });

    it("rejects spans before the pod reaches its memory limit", async () => {
        for (const raw of [{}, { durability: { mode: "disk" } }]) {
            const { config } = readConfigMap(await createJaeger(raw), "store-config");
            const { processors, service } = config as {
                processors: { memory_limiter: object };
                service: { pipelines: { traces: { processors: string[] } } };
            };
            assert.deepEqual(processors.memory_limiter, {
                check_interval: "100ms",
                limit_mib: 384,
                spike_limit_mib: 76,
            });
            assert.equal(service.pipelines.traces.processors[0], "memory_limiter");
        }
    });

    it("stores traces on a volume with a retention, and accepts OTLP over HTTP, when persistence is enabled", async () => {
        const recorder = await createJaeger({ durability: { mode: "disk" }, jaeger: { retention: "2d" } });
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap store-config-HASH",
            "PersistentVolumeClaim store-data",
            "Service store",
            "StatefulSet store",
        ]);
        const { config } = readConfigMap(recorder, "store-config");
        const { extensions, receivers } = config as { extensions: { jaeger_storage: object }; receivers: object };
        assert.deepEqual(extensions.jaeger_storage, {
            backends: {
                traces: {
                    badger: {
                        directories: { keys: "/badger/keys", values: "/badger/values" },
                        ephemeral: false,
                        ttl: { spans: "172800s" },
                    },
                },
            },
        });
        assert.match(JSON.stringify(receivers), /"http":\{"endpoint":"0.0.0.0:4318"\}/);
        assert.equal(getServicePorts(recorder.manifest("Service", "store"))["otlp-http"], 4318);
        const set = recorder.manifest("StatefulSet", "store");
        assert.ok(getContainer(set).volumeMounts.some(({ mountPath }) => mountPath === "/badger"));
        assert.equal(getField(set, "spec", "serviceName"), "store");
    });

    it("accepts OTLP over HTTP only when the Collector sends it", async () => {
        const persistence = { enabled: true };
        const resources = { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } };
        const configFor = async (raw: Readonly<Record<string, unknown>>) =>
            readConfigMap(await createJaeger(raw), "store-config").config;
        assert.match(
            JSON.stringify(
                await configFor({ durability: { mode: "disk" }, jaeger: { persistence: { enabled: false } } }),
            ),
            /0\.0\.0\.0:4318/,
        );
        const inMemory = await createJaeger({ jaeger: { persistence, resources, retention: "1d" } });
        const persistent = await createJaeger({ durability: { mode: "disk" } });
        assert.deepEqual(inMemory.manifest("StatefulSet", "store"), persistent.manifest("StatefulSet", "store"));
    });

    it("sets GOMEMLIMIT below the container's memory limit", async () => {
        const recorder = await createJaeger({ jaeger: { resources: { limits: { memory: "1Gi" } } } });
        const { env } = getContainer(recorder.manifest("Deployment", "store"));
        assert.equal(env.find(({ name }) => name === "GOMEMLIMIT")?.value, "819MiB");
    });

    it("does not trace its own queries", async () => {
        const { env } = getContainer((await createJaeger()).manifest("Deployment", "store"));
        assert.deepEqual(
            env.filter(({ name }) => name.startsWith("OTEL_")),
            [{ name: "OTEL_TRACES_SAMPLER", value: "always_off" }],
        );
    });

    it("has its pages below the path of a shared hostname", async () => {
        const recorder = await createJaeger({
            expose: {
                jaeger: { host: "example.com", path: "/jaeger", allowUnauthenticated: true },
                tls: { mode: "controller" },
            },
        });
        assert.match(JSON.stringify(readConfigMap(recorder, "store-config").config), /"base_path":"\/jaeger"/);
        assert.equal(jaegerEndpoints("store", "ns", "/jaeger").ui.url, "http://store.ns:16686/jaeger");
    });

    it("is addressed by the name of its Service", () => {
        const { otlp, otlpHttp, ui } = jaegerEndpoints("store", "ns", "");
        assert.equal(otlpHttp.url, "http://store.ns:4318");
        assert.equal(otlp.address, "store.ns:4317");
        assert.equal(ui.url, "http://store.ns:16686");
    });
});

describe("Prometheus", () => {
    it("creates a Deployment, a ConfigMap and a Service", async () => {
        const recorder = await createPrometheus();
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap series-config-HASH",
            "Deployment series",
            "Service series",
        ]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "series")), { http: 9090 });
    });

    it("enables one push receiver, or none when nothing is pushed", async () => {
        const receiversOf = async (pushed: MetricsPushProtocol | undefined) => {
            const recorder = await startMocks();
            new Prometheus("series", { ...resolvePrometheusArgs(), pushProtocol: pushed });
            const { args } = getContainer((await recorder.settle()).manifest("Deployment", "series"));
            return args.filter((arg) => arg.startsWith("--web.enable-"));
        };
        assert.deepEqual(await receiversOf("remote_write"), ["--web.enable-remote-write-receiver"]);
        assert.deepEqual(await receiversOf("otlp"), ["--web.enable-otlp-receiver"]);
        assert.deepEqual(await receiversOf(undefined), []);
    });

    it("translates OTLP metric names and scopes as remote write does", () => {
        assert.deepEqual(getSection(parseConfig({ pushProtocol: "otlp" }), "otlp"), {
            translation_strategy: "UnderscoreEscapingWithSuffixes",
            promote_scope_metadata: true,
            label_name_preserve_multiple_underscores: false,
        });
    });

    it("scrapes every pod of its targets and itself, each in its own job", () => {
        const targets = [...TARGETS, { job: "store", addresses: ["store-0.ns:8888", "store-1.ns:8888"] }];
        const config = parseConfig({ targets });
        assert.deepEqual(getSection(config, "scrape_configs"), [
            {
                job_name: "gateway",
                dns_sd_configs: [{ names: ["gateway-headless.ns"], type: "A", port: 8889, refresh_interval: "5s" }],
            },
            { job_name: "store", static_configs: [{ targets: ["store-0.ns:8888", "store-1.ns:8888"] }] },
            { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
        ]);
    });

    it("limits retention by time and size, and accepts out-of-order samples", () => {
        const config = parseConfig({ maxReplayDelaySeconds: 1800, retention: "2w", volumeSize: "1Gi" });
        assert.deepEqual(getSection(config, "storage"), {
            tsdb: { out_of_order_time_window: "30m", retention: { time: "2w", size: "768MiB" } },
        });
    });

    for (const [interval, timeout] of [
        ["5s", "5s"],
        ["1m", "10s"],
    ] as const) {
        it(`limits the scrape timeout to ${timeout} when the interval is ${interval}`, () => {
            assert.deepEqual(getSection(parseConfig({ scrapeInterval: interval }), "global"), {
                evaluation_interval: interval,
                metric_name_escaping_scheme: "underscores",
                scrape_interval: interval,
                scrape_timeout: timeout,
            });
        });
    }

    it("has its pages, its API and its metrics below the path of a shared hostname", async () => {
        const recorder = await createPrometheus({
            expose: {
                prometheus: { host: "example.com", path: "/prometheus", allowUnauthenticated: true },
                tls: { mode: "controller" },
            },
        });
        const probed = JSON.stringify(getContainer(recorder.manifest("Deployment", "series")));
        assert.match(probed, /"path":"\/prometheus\/-\/healthy"/);
        assert.match(probed, /"path":"\/prometheus\/-\/ready"/);
        assert.match(JSON.stringify(readConfigMap(recorder, "series-config").config), /"\/prometheus\/metrics"/);
        const { otlpUrl, remoteWriteUrl } = prometheusEndpoints("series", "ns", "/prometheus");
        assert.equal(remoteWriteUrl, "http://series.ns:9090/prometheus/api/v1/write");
        assert.equal(otlpUrl, "http://series.ns:9090/prometheus/api/v1/otlp");
    });

    it("is addressed by the name of its Service", () => {
        const { api, otlpUrl, remoteWriteUrl } = prometheusEndpoints("series", "ns", "");
        assert.equal(api.url, "http://series.ns:9090");
        assert.equal(remoteWriteUrl, "http://series.ns:9090/api/v1/write");
        assert.equal(otlpUrl, "http://series.ns:9090/api/v1/otlp");
    });
});

/** Prometheus' configuration of the default settings, and what is given. */
function parseConfig(args: Partial<PrometheusConfigArgs>): object {
    const { prometheus } = parseSettings();
    return renderPrometheusConfig({
        ...prometheus,
        volumeSize: "1Gi",
        targets: [],
        maxReplayDelaySeconds: 0,
        basePath: "",
        ...args,
    });
}

/** One section of a configuration. */
function getSection(config: object, name: string): unknown {
    return Object.entries(config).find(([key]) => key === name)?.[1];
}
