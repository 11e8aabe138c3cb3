import assert from "node:assert/strict";
import type { CollectorConfig } from "../../../../components/collector/config/types/collector-config";
import { STACK_SIZES } from "../../../../config/schema/durability";
import { maxSampledTraces, collectorMemoryLimits } from "../../../../config/model/memory";
import { MIB } from "../../../../config/types/units";
import { renderStackCollectorConfig } from "../../../support/collector-config";
import { parseSettings } from "../../../support/settings";

describe("tail sampling", () => {
    const vendor = { endpoint: "https://otlp.vendor.example" };
    let config: CollectorConfig;

    before(async () => {
        config = await renderStackCollectorConfig({
            tailSampling: {
                enabled: true,
                samplingRatio: 0.07,
                latencyThreshold: "1m30s",
                decisionWait: "5s",
                maxTraces: 100,
            },
            destinations: { vendor, other: { ...vendor, onQueueFull: "reject" } },
        });
    });

    it("keeps errors, slow traces, verify's traces and samplingRatio of the rest", () => {
        const { policies, ...bounds } = config.processors.tail_sampling ?? assert.fail();
        assert.deepEqual(bounds, {
            decision_wait: "5s",
            num_traces: 100,
            decision_cache: { sampled_cache_size: 1000, non_sampled_cache_size: 1000 },
        });
        assert.deepEqual(policies, [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: 90_000 } },
            {
                name: "verify",
                type: "string_attribute",
                string_attribute: { key: "service.name", values: ["otel-stack-verify"] },
            },
            { name: "share", type: "probabilistic", probabilistic: { sampling_percentage: 7 } },
        ]);
    });

    it("runs after the debug exporter and span metrics, before everything that stores traces", () => {
        const { pipelines } = config.service;
        assert.deepEqual(pipelines.traces?.exporters, [
            "forward/debug",
            "forward/sampled",
            "span_metrics",
            "service_graph",
        ]);
        assert.deepEqual(pipelines["traces/sampled"], {
            receivers: ["forward/sampled"],
            processors: ["tail_sampling"],
            exporters: ["forward/jaeger", "otlp_grpc/other", "forward/destinations"],
        });
        assert.deepEqual(pipelines["traces/destinations"]?.exporters, ["otlp_grpc/vendor"]);
    });

    it("does not affect metrics and logs", () => {
        const { pipelines } = config.service;
        assert.deepEqual(pipelines.logs?.exporters, [
            "forward/loki",
            "forward/debug",
            "otlp_grpc/other",
            "forward/destinations",
        ]);
        assert.equal(pipelines["logs/sampled"], undefined);
    });

    it("fits its traces in memory at every size next to full queues", () => {
        for (const size of STACK_SIZES) {
            const raw = { size, collector: { replicas: 1 }, tailSampling: { enabled: true } };
            const { limits } = parseSettings(raw).collector.resources;
            const heldMiB = (maxSampledTraces(limits.memory) * 22_000) / MIB;
            assert.ok(heldMiB <= collectorMemoryLimits(limits.memory).limitMiB / 4, size);
        }
    });

    it("accepts a destination as the only trace storage, whatever its onQueueFull", () => {
        for (const onQueueFull of ["drop", "reject"]) {
            const vendor = { endpoint: "https://otlp.vendor.example:4317", onQueueFull };
            const raw = { tailSampling: { enabled: true }, jaeger: { enabled: false }, destinations: { vendor } };
            assert.equal(parseSettings(raw).tailSampling.enabled, true);
        }
    });

    it("is omitted by default", async () => {
        const off = await renderStackCollectorConfig({});
        assert.equal(off.processors.tail_sampling, undefined);
        assert.equal(off.connectors["forward/sampled"], undefined);
        assert.ok(off.service.pipelines.traces?.exporters.includes("otlp_grpc/jaeger"));
    });
});
