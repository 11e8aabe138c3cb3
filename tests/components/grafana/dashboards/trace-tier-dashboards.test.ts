import assert from "node:assert/strict";
import { dashboardQueries } from "../../../../components/grafana/dashboards/queries";
import { COLLECTOR_JOB, TRACE_TIER_JOB } from "../../../../components/grafana/dashboards/promql";
import { resolveDashboardContext } from "../../../../components/grafana/from-settings";
import { ruleQueries, resolveRuleGroups } from "../../../../components/prometheus/rules/rules";
import { SERVICE_GRAPH, SPAN_METRICS } from "../../../../components/telemetry/names";
import type { Settings } from "../../../../tools/render/program";
import { parsePlan } from "../../../support/settings";

const TWO_TIER: Settings = { topology: "two-tier" };

/** Whether a place in a PromQL expression is inside the parentheses of an aggregation. */
function isInAggregation(expr: string, index: number): boolean {
    const open: number[] = [];
    for (const { 0: parenthesis, index: place } of expr.slice(0, index).matchAll(/[()]/g)) {
        if (parenthesis === "(") {
            open.push(place);
        } else {
            open.pop();
        }
    }
    return open.some((place) => /\b(?:sum|max|min) by \([^)]*\) $/.test(expr.slice(0, place)));
}

describe("trace-tier dashboards", () => {
    const plan = parsePlan({ ...TWO_TIER, tailSampling: { enabled: true } });
    const queries = dashboardQueries(undefined, resolveDashboardContext(plan));
    const panel = (title: string) =>
        queries
            .filter((query) => query.panel === title)
            .map(({ expr }) => expr)
            .join();

    it("count received spans once, at the ingest tier", () => {
        for (const title of ["Spans", "Spans accepted", "Rejected"]) {
            assert.ok(panel(title).includes(COLLECTOR_JOB), title);
            assert.ok(!panel(title).includes(TRACE_TIER_JOB), title);
        }
    });

    it("count losses in both tiers, and exports of the trace tier", () => {
        assert.ok(panel("Lost").includes(COLLECTOR_JOB));
        assert.match(panel("Lost"), new RegExp(`send_failed_spans\\{job="${TRACE_TIER_JOB}"`));
        assert.match(panel("Lost"), new RegExp(`enqueue_failed_spans\\{job="${TRACE_TIER_JOB}"`));
        assert.ok(panel("Jaeger: sent").includes(TRACE_TIER_JOB));
        assert.ok(panel("Trace tier: Spans accepted").includes("sum by (instance)"));
    });

    it("do not count spans that the ingest tier still retries as lost", () => {
        const held = dashboardQueries(undefined, resolveDashboardContext(parsePlan(TWO_TIER)));
        const lost = held.find((query) => query.panel === "Lost")?.expr ?? "";
        assert.doesNotMatch(lost, new RegExp(`enqueue_failed_spans\\{job="${TRACE_TIER_JOB}"`));
    });

    it("sum span metrics over the trace tier's pods", () => {
        const jobs = {
            alertmanager: "g",
            collector: "a",
            jaeger: "b",
            loki: "c",
            prometheus: "d",
            scrapedMetrics: "h",
            traceTier: "e",
            victoriaLogs: "f",
        };
        const exprs = [...queries, ...ruleQueries(resolveRuleGroups(plan, jobs))].map(({ expr }) => expr);
        const names = [...Object.values(SPAN_METRICS), ...Object.values(SERVICE_GRAPH)].join("|");
        const reading = exprs.filter((expr) => new RegExp(names).test(expr));
        assert.ok(reading.length > 10);
        for (const expr of reading) {
            for (const { index } of expr.matchAll(new RegExp(names, "g"))) {
                assert.ok(isInAggregation(expr, index), `${expr.slice(index)} in ${expr}`);
            }
        }
    });
});
