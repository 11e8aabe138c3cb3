import assert from "node:assert/strict";
import { renderCountRepairs } from "../../../../components/collector/config/repair-counts";
import { renderAttributeLimit, renderRepairs } from "../../../../components/collector/config/repairs";
import { renderStackCollectorConfig } from "../../../support/collector-config";

const VENDOR = { destinations: { vendor: { endpoint: "https://otlp.vendor.example" } } };
const BOTH_LOG_STORES = { loki: { enabled: true }, victoriaLogs: { enabled: true } };

describe("renderRepairs", () => {
    it("marks an item with all its reasons before it changes what a condition reads", () => {
        const { conditions, statements } = renderRepairs("span", [
            { reason: "a", condition: "A", statements: ["set(x, 1)", "set(y, 2) where B or C"] },
        ]);
        assert.deepEqual(conditions, ["A"]);
        assert.deepEqual(statements, [
            'set(span.cache["0"], true) where A',
            'set(span.attributes["otel_stack.repaired"], Concat([span.attributes["otel_stack.repaired"], "a"], ",")) where span.cache["0"] == true and span.attributes["otel_stack.repaired"] != nil',
            'set(span.attributes["otel_stack.repaired"], "a") where span.cache["0"] == true and span.attributes["otel_stack.repaired"] == nil',
            'set(x, 1) where span.cache["0"] == true',
            'set(y, 2) where span.cache["0"] == true and (B or C)',
        ]);
    });
});

describe("renderAttributeLimit", () => {
    it("keeps the reasons of repairs, by which the item is counted", () => {
        assert.match(
            renderAttributeLimit("log.attributes", 700),
            /^limit\(log\.attributes, 700, \[.*"otel_stack\.repaired"/,
        );
    });
});

describe("renderCountRepairs", () => {
    it("counts repaired items of each signal under one name", () => {
        const { datapoints, logs, spans } = renderCountRepairs();
        const signals = [spans, datapoints, logs].map(([count]) => count?.attributes[1]?.default_value);
        assert.deepEqual(signals, ["traces", "metrics", "logs"]);
        assert.equal(new Set([spans, datapoints, logs].map(([count]) => count?.name)).size, 1);
    });
});

describe("repairs of spans and log records", () => {
    it("are the last steps, so that redaction sees what was sent", async () => {
        const { pipelines } = (await renderStackCollectorConfig({ redaction: { blockedKeyPatterns: ["password"] } }))
            .service;
        assert.deepEqual(pipelines.traces?.processors, [
            "memory_limiter",
            "transform/redaction",
            "redaction/keys",
            "transform/span-repairs",
            "transform/jaeger-limits",
        ]);
        assert.deepEqual(pipelines.logs?.processors, [
            "memory_limiter",
            "transform/redaction",
            "redaction/keys",
            "transform/log-repairs",
            "transform/loki-limits",
        ]);
    });

    it("change records for each log store separately", async () => {
        const { pipelines } = (await renderStackCollectorConfig(BOTH_LOG_STORES)).service;
        assert.deepEqual(pipelines.logs?.processors, ["memory_limiter", "transform/log-repairs"]);
        assert.ok(pipelines.logs.exporters.includes("forward/loki"));
        assert.ok(pipelines.logs.exporters.includes("forward/victorialogs"));
        assert.deepEqual(pipelines["logs/loki"]?.processors, ["transform/loki-limits"]);
        assert.deepEqual(pipelines["logs/victorialogs"]?.processors, ["transform/victoria-logs-limits"]);
    });

    it("leave records as they are for destinations", async () => {
        const { pipelines } = (await renderStackCollectorConfig(VENDOR)).service;
        assert.ok(pipelines.logs?.exporters.includes("forward/loki"));
        assert.ok(!pipelines.logs?.processors.includes("transform/loki-limits"));
    });

    it("run once, in the ingest tier", async () => {
        const twoTier = { topology: "two-tier" };
        const ingest = (await renderStackCollectorConfig(twoTier)).service.pipelines;
        assert.ok(ingest.traces?.processors.includes("transform/span-repairs"));
        const traces = (await renderStackCollectorConfig(twoTier, "otel-collector-traces-config")).service.pipelines;
        assert.ok(!traces.traces?.processors.includes("transform/span-repairs"));
    });

    it("do not run without a backend", async () => {
        const { pipelines } = (
            await renderStackCollectorConfig({
                jaeger: { enabled: false },
                loki: { enabled: false },
                prometheus: { enabled: false },
                destinations: { vendor: { endpoint: "https://otlp.vendor.example", onQueueFull: "reject" } },
            })
        ).service;
        assert.ok(!JSON.stringify(pipelines).includes("repairs"));
    });

    it("move records that are older than the shortest retention of the log stores", async () => {
        const { processors } = await renderStackCollectorConfig({
            loki: { retention: "7d" },
            victoriaLogs: { enabled: true, retention: "2d" },
        });
        assert.match(JSON.stringify(processors["transform/log-repairs"]), /172800000000000/);
    });
});
