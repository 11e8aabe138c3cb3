import assert from "node:assert/strict";
import {
    PROMETHEUS_LIMIT_PROCESSORS,
    renderPrometheusLimits,
} from "../../../../components/collector/config/prometheus-limits";
import { renderStackCollectorConfig } from "../../../support/collector-config";

const VENDOR = { destinations: { vendor: { endpoint: "https://otlp.vendor.example" } } };

function renderStatements(multiReplica = false, maxPointAgeSeconds = 1800): string {
    return JSON.stringify(renderPrometheusLimits({ maxPointAgeSeconds, multiReplica }));
}

describe("limits of Prometheus", () => {
    it("repair metrics after redaction and before the queue of each push protocol", async () => {
        for (const [durability, push] of [
            [{}, "prometheus_remote_write"],
            [{ mode: "disk" }, "otlp_http/prometheus"],
        ] as const) {
            const { service } = await renderStackCollectorConfig({
                durability,
                redaction: { blockedKeyPatterns: ["password"] },
            });
            assert.deepEqual(service.pipelines.metrics?.processors, [
                "memory_limiter",
                "transform/redaction",
                "redaction/keys",
                ...PROMETHEUS_LIMIT_PROCESSORS,
            ]);
            assert.ok(service.pipelines.metrics.exporters.includes(push));
        }
    });

    it("leave metrics of destinations as they were sent", async () => {
        const { pipelines } = (await renderStackCollectorConfig(VENDOR)).service;
        assert.deepEqual(pipelines.metrics?.processors, ["memory_limiter"]);
        assert.deepEqual(pipelines.metrics.exporters, ["forward/prometheus", "forward/debug", "forward/destinations"]);
        assert.deepEqual(pipelines["metrics/prometheus"], {
            receivers: ["forward/prometheus"],
            processors: [...PROMETHEUS_LIMIT_PROCESSORS],
            exporters: ["signal_to_metrics/repairs", "prometheus", "prometheus_remote_write"],
        });
    });

    it("apply in the ingest tier, which receives metrics", async () => {
        const topology = "two-tier";
        assert.ok("delta_to_cumulative" in (await renderStackCollectorConfig({ topology })).processors);
        const second = await renderStackCollectorConfig({ topology }, "otel-collector-traces-config");
        assert.ok(!("delta_to_cumulative" in second.processors));
    });

    it("apply to a scrape by an external Prometheus, without counts, which nothing stores", async () => {
        const { connectors, service } = await renderStackCollectorConfig({
            prometheus: { enabled: false },
            collector: { prometheusExporter: { enabled: true } },
        });
        assert.deepEqual(service.pipelines.metrics?.processors, ["memory_limiter", ...PROMETHEUS_LIMIT_PROCESSORS]);
        assert.ok(!("signal_to_metrics/repairs" in connectors));
    });

    it("are omitted when no metrics go to a Prometheus", async () => {
        const { service } = await renderStackCollectorConfig({ prometheus: { enabled: false } });
        assert.deepEqual(service.pipelines.metrics?.processors, ["memory_limiter"]);
    });

    it("give each pod its own totals of delta series when several pods receive metrics", () => {
        assert.doesNotMatch(renderStatements(), /otel_stack\.collector/);
        assert.match(renderStatements(true), /otel_stack\.collector.*POD_NAME/);
    });

    it("accept times between the given age and nine minutes ahead", () => {
        const expression = /UnixNano\(Now\(\)\) - datapoint\.time_unix_nano - (\d+)\) \/ (\d+) > 0/.exec(
            renderStatements(false, 3600),
        );
        const distance = (ageSeconds: number) =>
            Math.trunc((ageSeconds * 1e9 - Number(expression?.[1])) / Number(expression?.[2]));
        assert.deepEqual([3599, 3600].map(distance), [0, 1]);
        assert.deepEqual(
            [-539, -540].map((age) => distance(age) + 0),
            [0, -1],
        );
    });

    it("accept late points for half of the time that Prometheus accepts them, which leaves the rest to the queue", async () => {
        const { processors } = await renderStackCollectorConfig({ durability: { mode: "disk", maxOutage: "4h" } });
        // The middle of four hours late and nine minutes early.
        assert.match(JSON.stringify(processors), new RegExp(`- ${((14_400 - 540) / 2) * 1e9}\\)`));
    });
});

describe("repairs of points", () => {
    it("have each reason once, so that a point of two reserved keys has one reason", () => {
        const marks = [...renderStatements().matchAll(/repaired\\"\], \\"(\w+)\\"\)/g)].map(([, reason]) => reason);
        assert.deepEqual([...new Set(marks)], marks);
        assert.ok(marks.includes("reserved_key"));
    });
});
