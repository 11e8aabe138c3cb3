import assert from "node:assert/strict";
import { renderDataSources } from "../../../components/grafana/data-sources";
import { resolveGrafanaIntervals } from "../../../components/grafana/dashboards/intervals";
import { correlationQueries, dashboardQueries } from "../../../components/grafana/dashboards/queries";
import { resolveDashboardContext } from "../../../components/grafana/from-settings";
import { PROMETHEUS_JOB } from "../../../components/prometheus/config";
import { resolveRuleGroups } from "../../../components/prometheus/rules/rules";
import { listSampleIntervals } from "../../../config/model/sample-intervals";
import { resolvePlan } from "../../../config/model/plan";
import { stackSettings } from "../../../config/schema/schema";
import { type SettingDoc, settingDocs, unwrapDefault } from "../../../config/schema/setting";
import { listSettingKeys } from "../../../config/schema/setting-keys";
import { LOOKBACK_SECONDS } from "../../../config/types/sample-interval";
import { parseSeconds } from "../../../config/types/units";
import { validate } from "../../../config/validate";
import { nestValue } from "../../support/setting-values";
import * as z from "zod";

const JOBS = {
    alertmanager: "alerts",
    collector: "internal",
    scrapedMetrics: "received",
    jaeger: "traces",
    loki: "logs",
    victoriaLogs: "records",
    prometheus: PROMETHEUS_JOB,
    traceTier: "tier",
};
const ON = { enabled: true };
/** All that has an interval, window or threshold. */
const BASES = {
    "durability.mode memory": {},
    "durability.mode disk": { durability: { mode: "disk" } },
    "everything that is optional": {
        durability: { mode: "disk" },
        topology: "two-tier",
        alertmanager: ON,
        victoriaLogs: ON,
        tailSampling: ON,
        clusterTelemetry: { kubeletMetrics: ON, hostMetrics: ON, agentOtlp: ON },
    },
} as const;
const RANGES_SECONDS = [900, 1800, 6 * 3600, 7 * 86_400];

/** The schema of a setting. */
function findSchema(key: string): z.ZodType {
    return key.split(".").reduce<z.ZodType>((section, name) => {
        const inner = unwrapDefault(section);
        const child: unknown = inner instanceof z.ZodObject ? inner.shape[name] : undefined;
        assert.ok(child instanceof z.ZodType, key);
        return child;
    }, stackSettings);
}

/** Each setting that is a duration, with its shortest and its longest value. */
const DURATIONS = listSettingKeys(stackSettings)
    .filter((key) => !key.includes("*"))
    .flatMap((key) => {
        const doc: SettingDoc | undefined = settingDocs.get(findSchema(key));
        const [, min, max] = /^duration, (\S+) to (\S+)$/.exec(unwrapDefault(findSchema(key)).description ?? "") ?? [];
        return doc === undefined || min === undefined || max === undefined ? [] : [{ key, extremes: [min, max] }];
    });

/** The windows of an expression, in seconds, without the range of a subquery. */
function listWindows(expr: string): number[] {
    return [...expr.matchAll(/(\w+\(|offset )?[^()]*?\[(\w+)(?::\w+)?\]/g)].map(([, , window = ""]) =>
        parseSeconds(window),
    );
}

/** Asserts that rules and dashboards have enough samples, and that alerts wait for scrapes. */
function assertWindows(raw: Readonly<Record<string, unknown>>): void {
    const { settings } = validate(raw);
    assert.ok(settings);
    const plan = resolvePlan(settings);
    const scrapeSeconds = parseSeconds(settings.prometheus.scrapeInterval);
    const slowest = Math.max(...listSampleIntervals(settings).map(({ seconds }) => seconds));
    assert.ok(2 * slowest < LOOKBACK_SECONDS, `Prometheus forgets series with samples every ${slowest} s`);

    for (const rule of resolveRuleGroups(plan, JOBS).flatMap(({ rules }) => rules)) {
        for (const window of listWindows(rule.expr)) {
            assert.ok(window >= 4 * scrapeSeconds, `${rule.expr} with scrapes every ${scrapeSeconds} s`);
        }
        if ("alert" in rule && rule.for !== undefined) {
            assert.ok(parseSeconds(rule.for) >= 2 * scrapeSeconds, `${rule.alert} waits for ${rule.for}`);
        }
    }

    const { datasources } = renderDataSources({
        urls: { prometheus: "http://prometheus:9090" },
        spanMetrics: plan.spanMetrics !== undefined,
        longestSampleSeconds: plan.sampleIntervals.longestSeconds,
    }) as { readonly datasources: readonly [{ readonly jsonData: { readonly timeInterval: string } }] };
    const timeInterval = parseSeconds(datasources[0].jsonData.timeInterval);
    assert.ok(timeInterval >= slowest, `Grafana's timeInterval is ${timeInterval} s`);

    for (const rangeSeconds of RANGES_SECONDS) {
        const values = { service: "shop", rangeSeconds };
        const queries = dashboardQueries(values, resolveDashboardContext(plan)).filter(
            ({ datasource }) => datasource === "prometheus",
        );
        assert.ok(queries.some(({ expr }) => listWindows(expr).length > 0));
        for (const { dashboard, panel, expr, stepSeconds } of queries) {
            assert.ok(stepSeconds >= timeInterval && rangeSeconds / stepSeconds <= 11_000, panel);
            for (const window of listWindows(expr)) {
                assert.ok(window >= 4 * slowest, `${dashboard}, ${panel}: ${window} s with samples every ${slowest} s`);
            }
        }
    }
    for (const { datasource, expr } of correlationQueries("abc", "loki", "shop/cart")) {
        if (datasource === "prometheus") {
            assert.ok(
                listWindows(expr).every((window) => window >= 2 * slowest),
                expr,
            );
        }
    }
}

describe("windows of rules and dashboards", () => {
    it("are walked for each setting that is a duration", () => {
        const keys = DURATIONS.map(({ key }) => key);
        assert.ok(keys.length > 20);
        for (const key of [
            "prometheus.scrapeInterval",
            "prometheus.retention",
            "spanMetrics.flushInterval",
            "applicationEnv.metricExportInterval",
            "clusterTelemetry.kubeletMetrics.interval",
            "clusterTelemetry.hostMetrics.interval",
            "collector.batch.flushTimeout",
            "collector.prometheusExporter.metricExpiration",
        ]) {
            assert.ok(keys.includes(key), key);
        }
    });

    for (const [base, raw] of Object.entries(BASES)) {
        it(`contain several samples with ${base}`, () => {
            assertWindows(raw);
        });

        for (const { key, extremes } of DURATIONS) {
            it(`contain several samples at the extremes of ${key}, or the value is rejected, with ${base}`, () => {
                for (const value of extremes) {
                    const given = nestValue(raw, key, value);
                    const { issues } = validate(given);
                    if (issues === undefined) {
                        assertWindows(given);
                    } else {
                        assert.ok(issues.every(({ message }) => message.length > 0));
                    }
                }
            });
        }
    }

    it("contain several samples when all intervals have their maximum", () => {
        const interval = "2m";
        assertWindows({
            ...BASES["everything that is optional"],
            prometheus: { scrapeInterval: interval },
            spanMetrics: { flushInterval: interval },
            applicationEnv: { metricExportInterval: interval },
            collector: { batch: { flushTimeout: "30s" } },
            clusterTelemetry: {
                kubeletMetrics: { ...ON, interval },
                hostMetrics: { ...ON, interval },
                agentOtlp: ON,
            },
        });
    });
});

describe("resolveGrafanaIntervals", () => {
    it("returns four of the shortest steps for short ranges, and a step more than the step for long ones", () => {
        assert.deepEqual(resolveGrafanaIntervals(15, 1800, 8), { stepSeconds: 15, rateSeconds: 60 });
        assert.deepEqual(resolveGrafanaIntervals(15, 86_400, 24), { stepSeconds: 45, rateSeconds: 60 });
        assert.deepEqual(resolveGrafanaIntervals(15, 7 * 86_400, 24), { stepSeconds: 315, rateSeconds: 330 });
    });
});

describe("sample intervals", () => {
    const list = (raw: Readonly<Record<string, unknown>>) => {
        const { settings } = validate(raw);
        assert.ok(settings);
        return listSampleIntervals(settings).map(({ key }) => key);
    };

    it("are those of the sources that are enabled", () => {
        assert.deepEqual(list({}), [
            "prometheus.scrapeInterval",
            "spanMetrics.flushInterval",
            "applicationEnv.metricExportInterval",
        ]);
        assert.ok(list(BASES["everything that is optional"]).includes("clusterTelemetry.hostMetrics.interval"));
        assert.deepEqual(list({ prometheus: { enabled: false } }), []);
    });

    it("may be longer than Prometheus looks back when the stack has no Prometheus", () => {
        const { issues } = validate({
            prometheus: { enabled: false },
            applicationEnv: { metricExportInterval: "10m" },
        });
        assert.equal(issues, undefined);
    });

    it("are rejected with the reason when Prometheus does not look back far enough", () => {
        for (const key of ["prometheus.scrapeInterval", "spanMetrics.flushInterval"]) {
            const { issues } = validate(nestValue({}, key, "10m"));
            assert.match(JSON.stringify(issues), /from 1s to 2m, such as 30s; Prometheus looks back 5m/);
        }
        const { issues } = validate({ applicationEnv: { metricExportInterval: "10m" } });
        assert.match(JSON.stringify(issues), /must be at most 2m with prometheus\.enabled; Prometheus looks back 5m/);
    });
});
