import assert from "node:assert/strict";
import { type CollectorConfigArgs, collectorConfig } from "../components/collector/config";
import { assertComplete } from "../components/collector/graph";
import type { CollectorConfig } from "../components/collector/types";
import { type Routes, routesOf } from "../config/routes";
import { validate } from "../config/validate";

const BACKENDS = { jaeger: "jaeger.ns:4317", prometheusRemoteWrite: "http://prometheus.ns:9090/api/v1/write" };

function argsFor(raw: Readonly<Record<string, unknown>> = {}): CollectorConfigArgs {
    const { settings } = validate(raw);
    assert.ok(settings);
    return { ...settings.collector, routes: routesOf(settings), backends: BACKENDS };
}

function pipelinesOf({ service }: CollectorConfig): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
        Object.entries(service.pipelines).map(([id, pipeline]) => [id, pipeline?.exporters ?? []]),
    );
}

describe("the Collector's configuration", () => {
    it("sends each signal where it belongs", () => {
        assert.deepEqual(pipelinesOf(collectorConfig(argsFor())), {
            traces: ["otlp_grpc/jaeger", "debug"],
            metrics: ["prometheus", "prometheus_remote_write", "debug"],
            logs: ["debug"],
        });
    });

    it("reaches the backends at the given addresses", () => {
        const { exporters } = collectorConfig(argsFor());
        assert.equal(exporters["otlp_grpc/jaeger"]?.endpoint, BACKENDS.jaeger);
        assert.equal(exporters.prometheus_remote_write?.http.endpoint, BACKENDS.prometheusRemoteWrite);
    });

    it("has no word of a backend that is off", () => {
        const text = JSON.stringify(
            collectorConfig(argsFor({ jaeger: { enabled: false }, prometheus: { enabled: false } })),
        );
        assert.doesNotMatch(text, /jaeger|prometheus_remote_write|8889/);
    });

    for (const [route, off, exporters] of [
        ["scrape", { scrape: { enabled: false } }, ["prometheus_remote_write", "debug"]],
        ["remote write", { remoteWrite: { enabled: false } }, ["prometheus", "debug"]],
        ["debug", { debug: { enabled: false } }, ["prometheus", "prometheus_remote_write"]],
    ] as const) {
        it(`leaves the other routes of metrics when ${route} is off`, () => {
            assert.deepEqual(pipelinesOf(collectorConfig(argsFor({ collector: off }))).metrics, exporters);
        });
    }

    it("has no pipeline for a signal without a destination, so that its clients are told", () => {
        const config = collectorConfig(argsFor({ collector: { debug: { enabled: false } } }));
        assert.deepEqual(Object.keys(config.service.pipelines), ["traces", "metrics"]);
    });

    it("can be scraped by somebody else's Prometheus", () => {
        const config = collectorConfig(
            argsFor({ prometheus: { enabled: false }, collector: { scrape: { enabled: true } } }),
        );
        assert.deepEqual(pipelinesOf(config).metrics, ["prometheus", "debug"]);
    });

    it("batches in the sending queue, within bounds that are settings", () => {
        const { exporters, processors } = collectorConfig(
            argsFor({
                collector: { batch: { timeout: "250ms", minSize: "1Ki", maxSize: "1M" }, queue: { size: "8Mi" } },
            }),
        );
        assert.deepEqual(exporters["otlp_grpc/jaeger"]?.sending_queue, {
            sizer: "bytes",
            queue_size: 8 * 2 ** 20,
            batch: { flush_timeout: "250ms", sizer: "bytes", min_size: 1024, max_size: 1_000_000 },
        });
        assert.deepEqual(Object.keys(processors), ["memory_limiter"]);
    });

    it("limits memory below the container's limit, before any other processor", () => {
        const { processors, service } = collectorConfig(
            argsFor({ collector: { resources: { limits: { memory: "1Gi" } } } }),
        );
        assert.deepEqual(processors.memory_limiter, { check_interval: "1s", limit_mib: 819, spike_limit_mib: 163 });
        for (const pipeline of Object.values(service.pipelines)) {
            assert.equal(pipeline?.processors[0], "memory_limiter");
        }
    });

    it("leaves a small container room for what the limiter does not see", () => {
        const raw = { collector: { resources: { limits: { memory: "160Mi" } } } };
        assert.equal(collectorConfig(argsFor(raw)).processors.memory_limiter?.limit_mib, 96);
    });

    it("bounds what a client may send", () => {
        const { protocols } = collectorConfig(
            argsFor({ collector: { receiver: { maxMessageSize: "8Mi", readTimeout: "5s" } } }),
        ).receivers.otlp ?? { protocols: {} };
        assert.equal(protocols.grpc?.max_recv_msg_size_mib, 8);
        assert.equal(protocols.http?.max_request_body_size, 8 * 2 ** 20);
        assert.equal(protocols.http.read_timeout, "5s");
    });

    it("prints as much as the setting says", () => {
        const { exporters } = collectorConfig(argsFor({ collector: { debug: { verbosity: "basic" } } }));
        assert.deepEqual(exporters.debug, { verbosity: "basic" });
    });

    it("writes durations as Go reads them", () => {
        const { exporters } = collectorConfig(argsFor({ collector: { scrape: { expiration: "1d" } } }));
        assert.equal(exporters.prometheus?.metric_expiration, "86400s");
    });
});

describe("loose ends of a configuration", () => {
    const whole = collectorConfig(argsFor());
    const { service } = whole;

    function problemOf(config: CollectorConfig): string {
        try {
            assertComplete(config);
        } catch (error) {
            assert.ok(error instanceof Error);
            return error.message;
        }
        return "";
    }

    it("are not in what the settings render", () => {
        assert.equal(problemOf(whole), "");
    });

    it("are an exporter, receiver, processor and extension that nothing uses", () => {
        const message = problemOf({
            ...whole,
            extensions: { ...whole.extensions, "health_check/second": { endpoint: "0.0.0.0:1" } },
            receivers: { ...whole.receivers, "otlp/outside": { protocols: {} } },
            processors: {
                ...whole.processors,
                "memory_limiter/second": { check_interval: "1s", limit_mib: 1, spike_limit_mib: 1 },
            },
            exporters: { ...whole.exporters, "debug/second": { verbosity: "basic" } },
        });
        for (const name of [
            "extensions: health_check/second",
            "receivers: otlp/outside",
            "processors: memory_limiter/second",
            "exporters: debug/second",
        ]) {
            assert.match(message, new RegExp(`${name} is declared and used nowhere`));
        }
    });

    it("are a reference to what is not declared", () => {
        const pipelines = {
            ...service.pipelines,
            logs: { receivers: ["otlp/gone"], processors: ["memory_limiter/gone"], exporters: ["debug/gone"] },
        } as const;
        const message = problemOf({ ...whole, service: { ...service, extensions: ["health_check/gone"], pipelines } });
        for (const name of ["otlp/gone", "memory_limiter/gone", "debug/gone", "health_check/gone"]) {
            assert.match(message, new RegExp(`${name} is not declared`));
        }
    });

    it("are a pipeline that starts or ends nowhere, or has no memory limiter first", () => {
        const pipelines = { ...service.pipelines, logs: { receivers: [], processors: [], exporters: [] } };
        const message = problemOf({ ...whole, service: { ...service, pipelines } });
        assert.match(message, /pipeline logs has no receivers/);
        assert.match(message, /pipeline logs has no exporters/);
        assert.match(message, /pipeline logs does not start with memory_limiter/);
    });

    it("are routes that lead nowhere at all", () => {
        const routes: Routes = { traces: [], metrics: [], logs: [] };
        assert.throws(() => collectorConfig({ ...argsFor(), routes }), /there is no pipeline/);
    });
});
