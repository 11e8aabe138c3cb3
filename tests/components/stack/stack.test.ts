import assert from "node:assert/strict";
import { renderProgram, readStackSettings } from "../../../tools/render/program";
import { EVERYTHING } from "../../support/everything";
import { getField, readConfigMap, getContainer, listKindsAndNames } from "../../support/manifests";

describe("program outputs", () => {
    it("list in-cluster endpoints", async () => {
        const { program } = await renderProgram(readStackSettings("dev"));
        const of = (service: string, port: number) => ({
            short: `http://${service}.playground-otel:${port}`,
            fqdn: `http://${service}.playground-otel.svc.cluster.local:${port}`,
        });
        assert.equal(program.namespace, "playground-otel");
        assert.deepEqual(program.endpoints, {
            otlp: { grpc: of("otel-collector", 4317), http: of("otel-collector", 4318) },
            grafana: of("grafana", 3000),
            jaeger: of("jaeger", 16686),
            loki: of("loki", 3100),
            prometheus: of("prometheus", 9090),
        });
    });

    it("have the DNS domain of the cluster, which no object contains", async () => {
        const { program, recorder } = await renderProgram({ ...EVERYTHING, clusterDomain: "cluster.example" });
        assert.equal(program.endpoints.jaeger?.fqdn, "http://jaeger.playground-otel.svc.cluster.example:16686");
        assert.equal(
            program.secureOtlp?.endpoints.http.fqdn,
            "https://otel-collector-secure.playground-otel.svc.cluster.example:5318",
        );
        assert.ok(program.secureOtlp.hosts.includes("otel-collector-secure.playground-otel.svc.cluster.example"));
        assert.doesNotMatch(JSON.stringify(program), /cluster\.local/);
        assert.doesNotMatch(JSON.stringify(recorder.manifests), /cluster\.(?:local|example)|\.svc[.:/]/);
    });

    it("list port-forward commands with their URLs", async () => {
        const { program } = await renderProgram({ localPorts: { prometheus: 19090 } });
        const of = (service: string, ports: string, url: string) => ({
            command: `kubectl port-forward -n playground-otel svc/${service} ${ports}`,
            url,
        });
        assert.deepEqual(program.portForwards, {
            otelCollectorGrpc: of("otel-collector", "4317:4317", "http://localhost:4317"),
            otelCollectorHttp: of("otel-collector", "4318:4318", "http://localhost:4318"),
            otelCollectorMetrics: of("otel-collector", "8889:8889", "http://localhost:8889/metrics"),
            grafana: of("grafana", "3000:3000", "http://localhost:3000"),
            jaeger: of("jaeger", "16686:16686", "http://localhost:16686"),
            loki: of("loki", "3100:3100", "http://localhost:3100"),
            prometheus: of("prometheus", "19090:9090", "http://localhost:19090"),
        });
    });

    it("list where each signal is stored", async () => {
        const { program } = await renderProgram({});
        assert.deepEqual(program.verification, {
            traces: ["jaeger", "debug", "exemplar"],
            metrics: ["scrape", "remote_write", "debug"],
            logs: ["loki", "debug"],
        });
    });
});

describe("disabling a component", () => {
    it("removes Jaeger's exporter, endpoint and port-forward", async () => {
        const { program, recorder } = await renderProgram({ jaeger: { enabled: false } });
        assert.deepEqual(
            listKindsAndNames(recorder).filter((name) => name.includes("jaeger")),
            [],
        );
        assert.doesNotMatch(JSON.stringify(readConfigMap(recorder, "otel-collector-config").config), /jaeger/);
        assert.equal(program.endpoints.jaeger, undefined);
        assert.equal(program.portForwards.jaeger, undefined);
        assert.deepEqual(program.verification.traces, ["debug", "exemplar"]);
    });

    it("removes Prometheus' routes, endpoint and port-forward", async () => {
        const { program, recorder } = await renderProgram({ prometheus: { enabled: false } });
        assert.deepEqual(
            listKindsAndNames(recorder).filter((name) => name.includes("prometheus")),
            [],
        );
        const { exporters } = readConfigMap(recorder, "otel-collector-config").config as { exporters: object };
        assert.deepEqual(Object.keys(exporters), ["debug", "otlp_grpc/jaeger", "otlp_http/loki"]);
        assert.doesNotMatch(JSON.stringify(readConfigMap(recorder, "jaeger-config").config), /metric_backends/);
        assert.equal(program.endpoints.prometheus, undefined);
        assert.equal(program.portForwards.prometheus, undefined);
        assert.equal(program.portForwards.otelCollectorMetrics, undefined);
        assert.deepEqual(program.verification.metrics, ["debug"]);
    });

    it("removes Loki's exporter, endpoint and port-forward", async () => {
        const { program, recorder } = await renderProgram({ loki: { enabled: false } });
        assert.deepEqual(
            listKindsAndNames(recorder).filter((name) => name.includes("loki")),
            [],
        );
        assert.doesNotMatch(JSON.stringify(readConfigMap(recorder, "otel-collector-config").config), /loki/);
        assert.equal(program.endpoints.loki, undefined);
        assert.equal(program.portForwards.loki, undefined);
        assert.deepEqual(program.verification.logs, ["debug"]);
    });

    it("removes Jaeger's Monitor tab together with span metrics", async () => {
        const { program, recorder } = await renderProgram({ spanMetrics: { enabled: false } });
        assert.doesNotMatch(JSON.stringify(readConfigMap(recorder, "otel-collector-config").config), /span_metrics/);
        assert.deepEqual(program.verification.traces, ["jaeger", "debug"]);
        assert.doesNotMatch(JSON.stringify(readConfigMap(recorder, "jaeger-config").config), /metric_backends/);
    });

    it("keeps Prometheus' receiver for span metrics when metrics push is disabled", async () => {
        const { recorder } = await renderProgram({ collector: { remoteWrite: { enabled: false } } });
        const { args } = getContainer(recorder.manifest("Deployment", "prometheus"));
        assert.ok(args.includes("--web.enable-remote-write-receiver"));
    });

    it("removes Grafana's objects, endpoint and port-forward", async () => {
        const { program, recorder } = await renderProgram({ grafana: { enabled: false } });
        assert.doesNotMatch(JSON.stringify(recorder.resources.map(({ name, type }) => [name, type])), /grafana/i);
        assert.equal(program.endpoints.grafana, undefined);
        assert.equal(program.portForwards.grafana, undefined);
    });

    it("removes the scrape job together with the Prometheus exporter", async () => {
        const { recorder } = await renderProgram({ collector: { prometheusExporter: { enabled: false } } });
        const { scrape_configs } = readConfigMap(recorder, "prometheus-config").config as {
            scrape_configs: { job_name: string }[];
        };
        assert.deepEqual(
            scrape_configs.map(({ job_name }) => job_name),
            ["otel-collector-internal", "jaeger", "loki", "prometheus"],
        );
    });

    it("removes a signal without a destination from pipelines, Jobs and applications, with a warning", async () => {
        const warnings: unknown[] = [];
        const { warn } = console;
        console.warn = (message: unknown) => warnings.push(message);
        const off = { collector: { debugExporter: { enabled: false } }, loki: { enabled: false } };
        const { program, recorder } = await renderProgram(off).finally(() => {
            console.warn = warn;
        });
        assert.deepEqual(program.verification.logs, []);
        assert.equal(program.applicationEnv.OTEL_LOGS_EXPORTER, "none");
        assert.equal(listKindsAndNames(recorder).includes("Job telemetrygen-logs"), false);
        assert.match(String(warnings), /No destination for logs is enabled/);
    });
});

describe("dependency order", () => {
    it("creates telemetrygen Jobs after the Collector is ready", async () => {
        const { recorder } = await renderProgram({});
        const order = recorder.manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        const firstJob = order.findIndex((name) => name.startsWith("Job "));
        for (const name of ["Deployment otel-collector", "Service otel-collector", "Service otel-collector-headless"]) {
            assert.ok(order.indexOf(name) < firstJob, `${name} comes after a Job`);
        }
    });

    it("creates everything after the Namespace", async () => {
        const { recorder } = await renderProgram({});
        assert.equal(recorder.manifests[0]?.kind, "Namespace");
    });
});

describe("Namespace", () => {
    it("is created with Pod Security labels", async () => {
        const { recorder } = await renderProgram(readStackSettings("secure"));
        const { labels } = recorder.manifest("Namespace", "playground-otel").metadata;
        assert.equal(labels?.["pod-security.kubernetes.io/enforce"], "restricted");
        assert.equal(labels["app.kubernetes.io/part-of"], "otel-stack");
    });

    it("is read and not managed when namespace.create is false", async () => {
        const { recorder } = await renderProgram({ namespace: { name: "shared", create: false } });
        assert.equal(
            recorder.manifests.some(({ kind }) => kind === "Namespace"),
            false,
        );
        const [read] = recorder.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
        assert.equal(read?.id, "shared");
        assert.equal(getField(recorder.manifest("Deployment", "otel-collector"), "metadata", "namespace"), "shared");
    });
});
