import assert from "node:assert/strict";
import { renderStackCollectorConfig } from "../../../support/collector-config";

const LIMITS = "transform/jaeger-limits";
const REPAIRS = "transform/span-repairs";
const DISK = { durability: { mode: "disk" } };
const VENDOR = { destinations: { vendor: { endpoint: "https://otlp.vendor.example" } } };

describe("limits of Jaeger", () => {
    it("truncate attributes last, so that redaction sees whole values", async () => {
        const { processors, service } = await renderStackCollectorConfig({
            ...DISK,
            redaction: { blockedKeyPatterns: ["password"] },
        });
        assert.deepEqual(service.pipelines.traces?.processors, [
            "memory_limiter",
            "transform/redaction",
            "redaction/keys",
            REPAIRS,
            LIMITS,
        ]);
        assert.equal(processors[LIMITS]?.error_mode, "ignore");
    });

    it("cover each place whose texts Jaeger indexes", async () => {
        const statements = JSON.stringify(
            (await renderStackCollectorConfig(DISK)).processors[LIMITS]?.trace_statements,
        );
        for (const place of [
            "resource.attributes",
            "scope.name",
            "scope.version",
            "span.attributes",
            "span.name",
            "span.status.message",
            "span.trace_state",
            "spanevent.attributes",
            "spanevent.name",
        ]) {
            assert.ok(statements.includes(`Len(${place}) >`), place);
        }
    });

    it("convert numbers that JSON does not have, with and without a volume", async () => {
        for (const raw of [{}, DISK]) {
            const statements = JSON.stringify(
                (await renderStackCollectorConfig(raw)).processors[LIMITS]?.trace_statements,
            );
            for (const context of ["resource", "span", "spanevent"]) {
                assert.ok(statements.includes(`stringify_all(${context}.attributes) where`), context);
            }
        }
    });

    it("leave whole attributes to destinations", async () => {
        const { pipelines } = (await renderStackCollectorConfig({ ...DISK, ...VENDOR })).service;
        assert.deepEqual(pipelines.traces?.processors, ["memory_limiter", REPAIRS]);
        assert.ok(pipelines.traces.exporters.includes("forward/jaeger"));
        assert.ok(!pipelines.traces.exporters.includes("otlp_http/jaeger"));
        assert.deepEqual(pipelines["traces/jaeger"], {
            receivers: ["forward/jaeger"],
            processors: [LIMITS],
            exporters: ["signal_to_metrics/repairs", "otlp_http/jaeger"],
        });
    });

    it("apply after tail sampling", async () => {
        const sampling = { ...DISK, tailSampling: { enabled: true } };
        const { pipelines } = (await renderStackCollectorConfig(sampling)).service;
        assert.deepEqual(pipelines.traces?.processors, ["memory_limiter", REPAIRS]);
        assert.deepEqual(pipelines["traces/sampled"]?.processors, ["tail_sampling", LIMITS]);
        const both = (await renderStackCollectorConfig({ ...sampling, ...VENDOR })).service.pipelines;
        assert.deepEqual(both["traces/sampled"]?.processors, ["tail_sampling"]);
        assert.deepEqual(both["traces/jaeger"]?.processors, [LIMITS]);
    });

    it("apply in the trace tier", async () => {
        const twoTier = { ...DISK, topology: "two-tier" };
        assert.equal((await renderStackCollectorConfig(twoTier)).processors[LIMITS], undefined);
        const traceTier = await renderStackCollectorConfig(twoTier, "otel-collector-traces-config");
        assert.ok(traceTier.service.pipelines.traces?.processors.includes(LIMITS));
    });

    it("truncate with and without a volume", async () => {
        for (const raw of [{ jaeger: { persistence: { enabled: true } } }, {}]) {
            const statements = JSON.stringify(
                (await renderStackCollectorConfig(raw)).processors[LIMITS]?.trace_statements,
            );
            assert.ok(statements.includes("truncate_all"));
        }
    });

    it("are not part of a stack without Jaeger", async () => {
        const { processors } = await renderStackCollectorConfig({ ...DISK, jaeger: { enabled: false } });
        assert.equal(processors[LIMITS], undefined);
    });
});
