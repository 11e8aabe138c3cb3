import assert from "node:assert/strict";
import { renderCollectorConfig } from "../../../../components/collector/config/render";
import type { CollectorConfig } from "../../../../components/collector/config/types/collector-config";
import { SPAN_METRICS } from "../../../../components/telemetry/names";
import { BACKEND_ENDPOINTS } from "../../../support/backend-endpoints";
import { resolveCollectorArgs } from "../../../support/collector-args";

function listPipelines({ service }: CollectorConfig): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
        Object.entries(service.pipelines).map(([id, pipeline]) => [id, pipeline?.exporters ?? []]),
    );
}

describe("Collector configuration", () => {
    it("routes each signal to its exporters", () => {
        assert.deepEqual(listPipelines(renderCollectorConfig(resolveCollectorArgs())), {
            traces: ["signal_to_metrics/repairs", "otlp_grpc/jaeger", "forward/debug", "span_metrics", "service_graph"],
            metrics: ["signal_to_metrics/repairs", "prometheus", "prometheus_remote_write", "forward/debug"],
            logs: ["signal_to_metrics/repairs", "otlp_http/loki", "forward/debug"],
            "metrics/spans": ["prometheus_remote_write"],
            "metrics/repairs": ["prometheus_remote_write"],
            "traces/debug": ["debug"],
            "metrics/debug": ["debug"],
            "logs/debug": ["debug"],
        });
    });

    it("uses the given backend endpoints", () => {
        const { exporters } = renderCollectorConfig(resolveCollectorArgs());
        assert.equal(exporters["otlp_grpc/jaeger"]?.endpoint, BACKEND_ENDPOINTS.jaeger);
        assert.equal(exporters["otlp_http/loki"]?.endpoint, BACKEND_ENDPOINTS.lokiOtlp);
        assert.equal(exporters.prometheus_remote_write?.http.endpoint, BACKEND_ENDPOINTS.prometheusRemoteWrite);
    });

    it("omits disabled backends", () => {
        const text = JSON.stringify(
            renderCollectorConfig(
                resolveCollectorArgs({
                    jaeger: { enabled: false },
                    loki: { enabled: false },
                    prometheus: { enabled: false },
                }),
            ),
        );
        assert.doesNotMatch(text, /jaeger|loki|prometheus_remote_write|8889|span_metrics|service_graph/);
    });

    for (const [route, off, exporters] of [
        ["scrape", { prometheusExporter: { enabled: false } }, ["prometheus_remote_write", "forward/debug"]],
        ["remote write", { remoteWrite: { enabled: false } }, ["prometheus", "forward/debug"]],
        ["debug", { debugExporter: { enabled: false } }, ["prometheus", "prometheus_remote_write"]],
    ] as const) {
        it(`keeps the other metrics routes when ${route} is disabled`, () => {
            assert.deepEqual(listPipelines(renderCollectorConfig(resolveCollectorArgs({ collector: off }))).metrics, [
                "signal_to_metrics/repairs",
                ...exporters,
            ]);
        });
    }

    it("has no pipeline for a signal without a destination, so that clients get an error", () => {
        const config = renderCollectorConfig(
            resolveCollectorArgs({ collector: { debugExporter: { enabled: false } }, loki: { enabled: false } }),
        );
        assert.deepEqual(Object.keys(config.service.pipelines), [
            "traces",
            "metrics",
            "metrics/spans",
            "metrics/repairs",
        ]);
    });

    it("exposes the Prometheus exporter without the bundled Prometheus", () => {
        const config = renderCollectorConfig(
            resolveCollectorArgs({
                prometheus: { enabled: false },
                collector: { prometheusExporter: { enabled: true } },
            }),
        );
        assert.deepEqual(listPipelines(config).metrics, ["prometheus", "forward/debug"]);
    });

    it("renders sending-queue batches from settings", () => {
        const { exporters, processors } = renderCollectorConfig(
            resolveCollectorArgs({
                collector: { batch: { flushTimeout: "250ms", minSize: "1Ki", maxSize: "1M" }, queue: { size: "8Mi" } },
            }),
        );
        for (const exporter of [exporters["otlp_grpc/jaeger"], exporters["otlp_http/loki"]]) {
            assert.deepEqual(exporter?.sending_queue, {
                sizer: "bytes",
                queue_size: 8 * 2 ** 20,
                batch: { flush_timeout: "250ms", sizer: "bytes", min_size: 1024, max_size: 1_000_000 },
            });
        }
        assert.equal("batch" in processors, false);
    });

    it("puts memory_limiter first, below the container's memory limit", () => {
        const { processors, service } = renderCollectorConfig(
            resolveCollectorArgs({ collector: { resources: { limits: { memory: "1Gi" } } } }),
        );
        assert.deepEqual(processors.memory_limiter, { check_interval: "100ms", limit_mib: 716, spike_limit_mib: 143 });
        const received = Object.values(service.pipelines).filter((pipeline) => pipeline?.receivers.includes("otlp"));
        assert.equal(received.length, 3);
        for (const pipeline of received) {
            assert.equal(pipeline?.processors[0], "memory_limiter");
        }
    });

    it("reserves non-heap memory in small containers", () => {
        const raw = { collector: { resources: { limits: { memory: "160Mi" } } } };
        assert.equal(renderCollectorConfig(resolveCollectorArgs(raw)).processors.memory_limiter?.limit_mib, 96);
    });

    it("limits the request size", () => {
        const { protocols } = renderCollectorConfig(
            resolveCollectorArgs({ collector: { receiver: { maxRequestSize: "8Mi", readTimeout: "5s" } } }),
        ).receivers.otlp ?? { protocols: {} };
        assert.equal(protocols.grpc?.max_recv_msg_size_mib, 8);
        assert.equal(protocols.http?.max_request_body_size, 8 * 2 ** 20);
        assert.equal(protocols.http.read_timeout, "5s");
    });

    it("uses the configured log verbosity", () => {
        const { exporters } = renderCollectorConfig(
            resolveCollectorArgs({ collector: { debugExporter: { verbosity: "basic" } } }),
        );
        assert.equal(exporters.debug?.verbosity, "basic");
    });

    it("disables log sampling only when the debug exporter is enabled", () => {
        const loggingOf = (enabled: boolean) =>
            renderCollectorConfig(resolveCollectorArgs({ collector: { debugExporter: { enabled } } })).service.telemetry
                .logs;
        assert.deepEqual(loggingOf(true), { sampling: { enabled: false } });
        assert.equal(loggingOf(false), undefined);
    });

    it("formats durations for Go", () => {
        const { exporters } = renderCollectorConfig(
            resolveCollectorArgs({ collector: { prometheusExporter: { metricExpiration: "1d" } } }),
        );
        assert.equal(exporters.prometheus?.metric_expiration, "86400s");
    });
});

describe("persistent queues", () => {
    const disk = { durability: { mode: "disk" } };
    const QUEUED = ["otlp_http/jaeger", "otlp_http/prometheus", "otlp_http/loki"] as const;

    it("are used by every backend exporter, with retries for durability.maxOutage", () => {
        const { exporters, extensions, service } = renderCollectorConfig(
            resolveCollectorArgs({ durability: { ...disk.durability, maxOutage: "45m" } }),
        );
        assert.deepEqual(Object.keys(exporters).sort(), [...QUEUED, "prometheus", "debug"].sort());
        for (const id of QUEUED) {
            assert.equal(exporters[id]?.sending_queue.storage, "file_storage");
            assert.equal(exporters[id].retry_on_failure.max_elapsed_time, "45m");
        }
        assert.ok(extensions.file_storage);
        assert.ok(service.extensions.includes("file_storage"));
    });

    it("are sized for durability.maxOutage", () => {
        const { exporters, extensions } = renderCollectorConfig(
            resolveCollectorArgs({ durability: { ...disk.durability, maxOutage: "10m", itemsPerSecond: 1000 } }),
        );
        const sizes = QUEUED.map((id) => exporters[id]?.sending_queue.queue_size ?? 0);
        assert.ok(Math.min(...sizes) >= 600_000 * 512);
        assert.ok((extensions.file_storage?.max_size ?? 0) >= 2 * Math.max(...sizes));
    });

    it("use collector.queue.size when set", () => {
        const { exporters } = renderCollectorConfig(
            resolveCollectorArgs({ ...disk, collector: { queue: { size: "1Gi" } } }),
        );
        for (const id of QUEUED) {
            assert.equal(exporters[id]?.sending_queue.queue_size, 2 ** 30);
        }
    });

    it("recreate corrupt files and compact files that shrink", () => {
        const { file_storage: storage } = renderCollectorConfig(resolveCollectorArgs(disk)).extensions;
        assert.equal(storage?.recreate, true);
        assert.equal(storage.compaction.on_rebound, true);
        assert.equal(storage.compaction.directory, storage.directory);
    });

    it("use a protocol per signal that acknowledges only stored data", () => {
        const config = renderCollectorConfig(resolveCollectorArgs(disk));
        assert.deepEqual(listPipelines(config), {
            traces: ["signal_to_metrics/repairs", "otlp_http/jaeger", "forward/debug", "span_metrics", "service_graph"],
            metrics: ["signal_to_metrics/repairs", "prometheus", "otlp_http/prometheus", "forward/debug"],
            logs: ["signal_to_metrics/repairs", "otlp_http/loki", "forward/debug"],
            "metrics/spans": ["otlp_http/prometheus"],
            "metrics/repairs": ["otlp_http/prometheus"],
            "traces/debug": ["debug"],
            "metrics/debug": ["debug"],
            "logs/debug": ["debug"],
        });
        assert.equal(config.exporters["otlp_http/jaeger"]?.endpoint, BACKEND_ENDPOINTS.jaegerOtlp);
        assert.equal(config.exporters["otlp_http/prometheus"]?.endpoint, BACKEND_ENDPOINTS.prometheusOtlp);
    });

    it("are omitted when durability.mode is memory", () => {
        const config = renderCollectorConfig(resolveCollectorArgs());
        assert.doesNotMatch(JSON.stringify(config), /file_storage|otlp_http\/(jaeger|prometheus)/);
        assert.equal(config.exporters["otlp_grpc/jaeger"]?.sending_queue.queue_size, 17 * 2 ** 20);
    });
});

describe("span metrics", () => {
    it("reach Prometheus by one route, even when other metrics are not pushed", () => {
        for (const raw of [{}, { collector: { remoteWrite: { enabled: false } } }]) {
            const { exporters, service } = renderCollectorConfig(resolveCollectorArgs(raw));
            assert.deepEqual(service.pipelines["metrics/spans"]?.exporters, ["prometheus_remote_write"]);
            assert.ok(exporters.prometheus_remote_write);
            assert.deepEqual(service.pipelines["metrics/spans"].receivers, ["span_metrics", "service_graph"]);
        }
    });

    it("have no per-process or per-instance labels", () => {
        const { connectors, processors, service } = renderCollectorConfig(resolveCollectorArgs());
        assert.deepEqual(connectors.span_metrics?.exclude_dimensions, ["collector.instance.id"]);
        const identity = ["service.name", "service.namespace", "deployment.environment.name"];
        assert.deepEqual(connectors.span_metrics.resource_metrics_key_attributes, identity);
        assert.equal(service.pipelines["metrics/spans"]?.processors[0], "transform/span-metrics");
        const [, kept] = processors["transform/span-metrics"]?.metric_statements ?? [];
        assert.ok(typeof kept === "object");
        assert.equal(kept.statements[0], 'keep_keys(resource.attributes, ["service.name", "service.namespace"])');
    });

    it("use the metric names that Jaeger and Grafana expect", () => {
        const { connectors } = renderCollectorConfig(resolveCollectorArgs());
        const { namespace, histogram, exemplars } = connectors.span_metrics ?? {};
        assert.equal(`${namespace}_calls_total`, SPAN_METRICS.calls);
        assert.equal(histogram?.unit, "s");
        assert.equal(`${namespace}_duration_seconds_bucket`, SPAN_METRICS.durationBucket);
        assert.equal(exemplars?.enabled, true);
    });

    it("wait longer for the other side of a call than the export interval of SDKs", () => {
        const { connectors } = renderCollectorConfig(resolveCollectorArgs());
        assert.deepEqual(connectors.service_graph?.store, { ttl: "15s", max_items: 10_000 });
    });

    it("name databases and peers by the old and the new semantic conventions", () => {
        const { service_graph } = renderCollectorConfig(resolveCollectorArgs()).connectors;
        assert.deepEqual(service_graph?.database_name_attributes, [
            ...["db.namespace", "db.name"],
            ...["db.system.name", "db.system"],
        ]);
        for (const key of ["peer.service", "server.address"]) {
            assert.ok(service_graph.virtual_node_peer_attributes.includes(key), key);
            // A call with such an attribute would be a database, and would not wait for the other side.
            assert.ok(!service_graph.database_name_attributes.includes(key), key);
        }
    });

    it("limit series and pending edges from settings", () => {
        const spanMetrics = { maxSeries: 50, maxPendingEdges: 200, pendingEdgeTimeout: "1m", flushInterval: "5s" };
        const { connectors } = renderCollectorConfig(resolveCollectorArgs({ spanMetrics }));
        assert.equal(connectors.span_metrics?.aggregation_cardinality_limit, 50);
        assert.equal(connectors.span_metrics.metrics_flush_interval, "5s");
        assert.deepEqual(connectors.service_graph?.store, { ttl: "1m", max_items: 200 });
        assert.equal(connectors.service_graph.metrics_flush_interval, "5s");
    });

    for (const [about, raw] of [
        ["they are disabled", { spanMetrics: { enabled: false } }],
        ["Prometheus is disabled", { prometheus: { enabled: false } }],
        ["several replicas would write the same series", { collector: { replicas: 2 } }],
        ["autoscaling may add replicas", { collector: { autoscaling: { enabled: true } } }],
        ["no spans are received", { jaeger: { enabled: false }, collector: { debugExporter: { enabled: false } } }],
    ] as const) {
        it(`are omitted when ${about}`, () => {
            const { connectors, processors, service } = renderCollectorConfig(resolveCollectorArgs(raw));
            assert.ok(!("span_metrics" in connectors || "service_graph" in connectors));
            assert.ok(!("transform/span-metrics" in processors));
            assert.equal(service.pipelines["metrics/spans"], undefined);
        });
    }
});

describe("debug exporter", () => {
    it("prints what fits into its queue, and returns no errors to clients", () => {
        const { exporters, processors, service } = renderCollectorConfig(resolveCollectorArgs());
        for (const signal of ["traces", "metrics", "logs"] as const) {
            const pipeline = service.pipelines[`${signal}/debug`];
            assert.deepEqual(pipeline?.receivers, ["forward/debug"]);
            assert.deepEqual(pipeline.processors, ["batch/debug"]);
        }
        assert.deepEqual(processors["batch/debug"], { timeout: "0s", send_batch_size: 0 });
        assert.deepEqual(exporters.debug?.sending_queue, {
            sizer: "bytes",
            queue_size: 4 * 2 ** 20,
            num_consumers: 1,
        });
    });
});
