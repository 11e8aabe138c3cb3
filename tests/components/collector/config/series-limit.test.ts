import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import {
    SERIES_LIMIT_PROCESSORS,
    SPAN_SERIES_LIMIT_PROCESSORS,
} from "../../../../components/collector/config/series-limit";
import { resolveSeriesLimits } from "../../../../config/model/series-limit";
import { renderStackCollectorConfig } from "../../../support/collector-config";
import { parsePlan } from "../../../support/settings";

const SMALL_BUT_PROMETHEUS_FREE = {
    prometheus: { enabled: false },
    collector: { prometheusExporter: { enabled: true } },
};

function resolveLimits(raw: Readonly<Record<string, unknown>>) {
    return parsePlan(raw).ingestTier.seriesLimits;
}

function listLimits(processors: object, prefix: string): number[] {
    return Object.entries(processors)
        .filter(([id]) => id.startsWith(`delta_to_cumulative/series-${prefix}`))
        .map(([, { max_streams }]) => max_streams as number);
}

describe("series limit", () => {
    it("precedes the processors that remember series without a limit of their own", async () => {
        const { pipelines } = (await renderStackCollectorConfig({})).service;
        const ids = pipelines.metrics?.processors ?? [];
        const start = ids.indexOf(SERIES_LIMIT_PROCESSORS[0] ?? assert.fail());
        assert.deepEqual(ids.slice(start, start + SERIES_LIMIT_PROCESSORS.length), SERIES_LIMIT_PROCESSORS);
        assert.deepEqual(ids.slice(start + SERIES_LIMIT_PROCESSORS.length), [
            "delta_to_cumulative",
            "filter/prometheus-limits",
        ]);
    });

    it("applies to metrics from spans, in the tier that creates them", async () => {
        const single = await renderStackCollectorConfig({});
        assert.deepEqual(single.service.pipelines["metrics/spans"]?.processors.slice(1), SPAN_SERIES_LIMIT_PROCESSORS);
        const traces = await renderStackCollectorConfig({ topology: "two-tier" }, "otel-collector-traces-config");
        assert.deepEqual(traces.service.pipelines["metrics/spans"]?.processors.slice(1), SPAN_SERIES_LIMIT_PROCESSORS);
        const { traceTier } = parsePlan({ topology: "two-tier" });
        assert.deepEqual(listLimits(traces.processors, "others"), [traceTier?.seriesLimits.spans.others]);
    });

    it("selects each metric for one pool and one total, and restores it after the last one", () => {
        const [prepare, ...rest] = SERIES_LIMIT_PROCESSORS;
        assert.equal(prepare, "transform/series-limit");
        assert.deepEqual(rest.slice(-2), ["transform/series-restore", "filter/series-limit"]);
        const pairs = rest.slice(0, -2);
        for (const [index, id] of pairs.entries()) {
            const [type, name] = id.split("/");
            assert.equal(type, index % 2 === 0 ? "transform" : "delta_to_cumulative");
            assert.equal(name, pairs[index - (index % 2)]?.split("/")[1]);
        }
        // Totals are last, so that series above the limit of their pool do not use them up.
        assert.deepEqual(
            pairs.slice(-4).map((id) => id.split("/")[1]),
            ["series-others-total", "series-others-total", "series-histograms-total", "series-histograms-total"],
        );
    });

    it("is omitted without metrics for a Prometheus", async () => {
        const { processors } = await renderStackCollectorConfig({ prometheus: { enabled: false } });
        assert.ok(!Object.keys(processors).some((id) => id.includes("series")));
    });

    it("leaves metrics of destinations unlimited", async () => {
        const destinations = { vendor: { endpoint: "https://otlp.vendor.example" } };
        const { pipelines } = (await renderStackCollectorConfig({ destinations })).service;
        assert.ok(!pipelines.metrics?.processors.some((id) => id.includes("series")));
        assert.ok(pipelines["metrics/prometheus"]?.processors.includes("transform/series-limit"));
    });

    it("follows from the memory of Prometheus, for all Collectors together", () => {
        const memory = (limit: string) => ({ requests: { memory: "128Mi" }, limits: { memory: limit } });
        const total = (prometheus: string, collector: object = {}) =>
            resolveLimits({
                prometheus: { resources: memory(prometheus) },
                collector: { resources: memory("8Gi"), ...collector },
            }).total.others;
        assert.ok(total("1Gi") > 2 * total("512Mi"));
        assert.ok(Math.abs(total("1Gi", { replicas: 2 }) - total("1Gi") / 4) <= 1);
    });

    it("is the same for each number of several Collectors, so that scaling replaces no pod", () => {
        const several = resolveLimits({ collector: { replicas: 2 } });
        assert.deepEqual(resolveLimits({ collector: { replicas: 5 } }), several);
        const autoscaling = { enabled: true, maxReplicas: 4 };
        assert.deepEqual(resolveLimits({ collector: { autoscaling } }), several);
    });

    it("follows from the memory of the Collector where Prometheus has more or is another one", () => {
        const { total } = resolveLimits(SMALL_BUT_PROMETHEUS_FREE);
        const large = { prometheus: { resources: { limits: { memory: "16Gi" } } } };
        assert.deepEqual(resolveLimits(large).total, total);
    });

    it("leaves three quarters of the series to other services unless it is set", () => {
        const { pool, total } = resolveLimits({});
        assert.equal(pool.others, Math.floor(total.others / 4));
        assert.ok(Math.abs(pool.histograms - total.histograms / 4) <= 1);
        const set = resolveLimits({ collector: { maxSeriesPerService: 1800 } });
        assert.deepEqual(set.total, total);
        assert.equal(set.pool.others, 1800);
        assert.ok(Math.abs(set.pool.histograms - (1800 / total.others) * total.histograms) <= 1);
    });

    it("has the values that the documentation shows for each size", () => {
        const file = path.resolve(__dirname, "../../../../docs/reference/limits.md");
        const rows = fs.readFileSync(file, "utf8").split("\n");
        const limits = ["small", "medium", "large"].map((size) => resolveLimits({ size }));
        const shown = (title: string) => {
            const [, , ...cells] = (rows.find((row) => row.startsWith(`| ${title}`)) ?? assert.fail(title)).split("|");
            return cells.slice(0, limits.length).map((cell) => Number(cell.replace(",", "")));
        };
        assert.deepEqual(
            shown("active series"),
            limits.map(({ pool }) => pool.others),
        );
        assert.deepEqual(
            shown("active histograms"),
            limits.map(({ pool }) => pool.histograms),
        );
        assert.deepEqual(
            shown("series of all"),
            limits.map(({ total }) => total.others),
        );
        assert.deepEqual(
            shown("histograms of all"),
            limits.map(({ total }) => total.histograms),
        );
    });

    it("has a value of at least one with the least memory", () => {
        const { settings } = parsePlan({
            prometheus: { resources: { requests: { memory: "64Mi" }, limits: { memory: "128Mi" } } },
        });
        const limits = Object.values(resolveSeriesLimits(settings, settings.collector));
        assert.ok(limits.every(({ histograms, others }) => histograms >= 1 && others >= 1));
    });
});
