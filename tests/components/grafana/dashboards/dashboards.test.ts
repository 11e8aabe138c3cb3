import assert from "node:assert/strict";
import { dashboardQueries, correlationQueries } from "../../../../components/grafana/dashboards/queries";
import { renderDashboardFiles } from "../../../../components/grafana/dashboards/render";
import { resolveDashboardContext } from "../../../../components/grafana/from-settings";
import { DATA_SOURCES, VICTORIA_LOGS_PLUGIN } from "../../../../components/telemetry/names";
import { KNOWN_METRICS } from "../../../support/metric-catalog";
import { parsePlan } from "../../../support/settings";

interface Panel {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly datasource?: { readonly type: string; readonly uid: string };
    readonly targets?: readonly { readonly refId: string; readonly datasource: { readonly uid: string } }[];
    readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Dashboard {
    readonly uid: string;
    readonly title: string;
    readonly description: string;
    readonly editable: boolean;
    readonly links: readonly { readonly tags: readonly string[] }[];
    readonly tags: readonly string[];
    readonly templating: { readonly list?: readonly { readonly name: string }[] };
    readonly panels: readonly Panel[];
}

/** A ConfigMap holds at most 1 MiB; most of it is for what comes later. */
const MAX_BYTES = 512 * 1024;

function parseDashboards(raw: Readonly<Record<string, unknown>> = {}): Dashboard[] {
    const files = renderDashboardFiles(resolveDashboardContext(parsePlan(raw)));
    return Object.values(files).map((file) => JSON.parse(file) as Dashboard);
}

function listTitles(dashboards: readonly Dashboard[]): string[] {
    return dashboards.map(({ title }) => title);
}

describe("dashboards", () => {
    const dashboards = parseDashboards({ clusterTelemetry: { kubeletMetrics: { enabled: true } } });

    it("are one per question", () => {
        assert.deepEqual(listTitles(dashboards), ["Overview", "Service", "Collector", "Logs", "Backends", "Usage"]);
    });

    it("omit the usage dashboard without kubelet metrics", () => {
        assert.deepEqual(listTitles(parseDashboards()), ["Overview", "Service", "Collector", "Logs", "Backends"]);
    });

    it("fit into one ConfigMap", () => {
        const bytes = Object.values(renderDashboardFiles(resolveDashboardContext(parsePlan()))).join("").length;
        assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
    });

    for (const { uid, title, description, editable, links, tags, panels, templating } of dashboards) {
        describe(title, () => {
            const shown = panels.filter(({ type }) => type !== "row");

            it("has a description and links, and is read-only", () => {
                assert.match(uid, /^otel-[a-z]+$/);
                assert.ok(description.length > 0);
                assert.equal(editable, false);
                assert.deepEqual(links[0]?.tags, tags);
            });

            it("has unique panel ids and titles, and a description per panel", () => {
                const ids = panels.map(({ id }) => id);
                assert.deepEqual(ids, [...new Set(ids)]);
                const names = shown.map((panel) => panel.title);
                assert.deepEqual(names, [...new Set(names)]);
                for (const panel of shown) {
                    assert.ok((panel.description ?? "").length > 20, panel.title);
                }
            });

            it("sets a unit on every panel", () => {
                for (const panel of shown.filter(({ type }) => type === "timeseries" || type === "stat")) {
                    assert.ok(panel.fieldConfig?.defaults.unit, panel.title);
                }
            });

            it("references existing data sources with unique refIds", () => {
                for (const { title: name, datasource, targets = [] } of shown) {
                    assert.ok(targets.length > 0, name);
                    const letters = targets.map(({ refId }) => refId);
                    assert.deepEqual(letters, [...new Set(letters)]);
                    for (const source of [datasource, ...targets.map((target) => target.datasource)]) {
                        assert.ok(Object.values<string>(DATA_SOURCES).includes(source?.uid ?? ""), name);
                    }
                }
            });

            it("has no overlapping panels", () => {
                for (const [index, { title: name, gridPos: a }] of panels.entries()) {
                    assert.ok(a.x + a.w <= 24, name);
                    for (const { title: other, gridPos: b } of panels.slice(index + 1)) {
                        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                        assert.ok(apart, `${name} and ${other}`);
                    }
                }
            });

            it("uses exactly its declared variables", () => {
                const used = new Set(
                    [...JSON.stringify(panels).matchAll(/\$([a-z]\w*)/g)].map(([, variable]) => variable),
                );
                assert.deepEqual(
                    [...used],
                    (templating.list ?? []).map(({ name }) => name),
                );
            });
        });
    }

    it("link only to existing dashboards", () => {
        const text = JSON.stringify(dashboards);
        const targets = [...text.matchAll(/\/d\/([a-z-]+)/g)].map(([, uid]) => uid);
        assert.ok(targets.length > 0);
        for (const target of targets) {
            assert.ok(
                dashboards.some(({ uid }) => uid === target),
                target,
            );
        }
    });
});

describe("dashboards without a backend", () => {
    for (const [off, left, gone] of [
        ["loki", ["Overview", "Service", "Collector", "Backends"], /"loki"|loki_/],
        ["prometheus", ["Logs"], /"uid": ?"prometheus"/],
        ["jaeger", ["Overview", "Service", "Collector", "Logs", "Backends"], /"jaeger"|otlp_grpc/],
        ["spanMetrics", ["Overview", "Collector", "Logs", "Backends"], /traces_span_metrics|traces_service_graph/],
    ] as const) {
        it(`omit panels that would be empty when ${off} is disabled`, () => {
            const dashboards = parseDashboards({ [off]: { enabled: false } });
            assert.deepEqual(listTitles(dashboards), left);
            assert.doesNotMatch(JSON.stringify(dashboards), gone);
        });
    }
});

describe("dashboards with VictoriaLogs instead of Loki", () => {
    const raw = { loki: { enabled: false }, victoriaLogs: { enabled: true } };
    const dashboards = parseDashboards(raw);

    it("have the same titles and no Loki query", () => {
        assert.deepEqual(listTitles(dashboards), listTitles(parseDashboards()));
        assert.doesNotMatch(JSON.stringify(dashboards), /"loki"|loki_/);
    });

    it("select services by VictoriaLogs' service.name field, all of them by default", () => {
        const { templating } = dashboards.find(({ uid }) => uid === "otel-logs") ?? assert.fail();
        const [variable] = templating.list as unknown as readonly Readonly<Record<string, unknown>>[];
        assert.deepEqual(variable?.query, {
            refId: "values",
            type: "fieldValue",
            query: "*",
            limit: 1000,
            field: "service.name",
        });
        assert.equal(variable.allValue, "*");
        assert.equal(variable.multi, true);
    });

    it("list and count log records with queries in the plugin's format", () => {
        const { panels } = dashboards.find(({ uid }) => uid === "otel-logs") ?? assert.fail();
        const targets = panels.flatMap(({ targets: own = [] }) => own) as unknown as readonly Readonly<
            Record<string, unknown>
        >[];
        assert.deepEqual(
            targets.map(({ queryType, legendFormat }) => [queryType, legendFormat]),
            [
                ["statsRange", "{{service.name}}"],
                ["statsRange", "{{log_level}}"],
                ["instant", undefined],
                ["instant", undefined],
            ],
        );
        const [byService, byLevel, errors, all] = targets.map(({ expr }) => String(expr));
        const selected =
            "service.name:in($service) service.namespace:in($namespace) deployment.environment.name:in($environment)";
        assert.equal(byService, `${selected} | stats by (service.name) rate() as records`);
        assert.match(byLevel ?? "", /in\(\$environment\) \| format if \(severity_number:range\[1, 4\] or /);
        assert.match(
            byLevel ?? "",
            / \| format if \(log_level:""\) "unknown" as log_level \| stats by \(log_level\) rate\(\) as records$/,
        );
        assert.match(errors ?? "", /in\(\$environment\) \(severity_number:>=17 or \(severity_number:=0 /);
        assert.equal(all, selected);
        assert.deepEqual(targets[0]?.datasource, { type: VICTORIA_LOGS_PLUGIN, uid: "victorialogs" });
    });

    it("are listed with quoted variable values, as the plugin substitutes them", () => {
        const queries = dashboardQueries(undefined, resolveDashboardContext(parsePlan(raw)));
        const all = queries.find(({ dashboard, panel }) => dashboard === "Logs" && panel === "All records");
        assert.equal(all?.datasource, "victorialogs");
        assert.match(all.expr, /^service\.name:in\("telemetrygen"\) service\.namespace:in\(""\) .*:in\(\*\)$/);
    });

    it("query Loki, and show the queues of both, when both log stores are enabled", () => {
        const both = JSON.stringify(parseDashboards({ victoriaLogs: { enabled: true } }));
        assert.match(both, /"loki"/);
        assert.doesNotMatch(both, /"victorialogs"/);
        assert.match(both, /VictoriaLogs: records in memory/);
    });
});

describe("dashboard queries", () => {
    const queries = dashboardQueries();

    it("are listed with variables substituted", () => {
        assert.ok(queries.length > 50);
        for (const { expr } of queries) {
            assert.doesNotMatch(expr, /\$/);
        }
    });

    it("reference only known metrics", () => {
        for (const { expr, datasource, panel } of queries.filter((query) => query.datasource === "prometheus")) {
            const withoutLabels = expr.replaceAll(/\bby \([^)]*\)/g, "");
            for (const [name] of withoutLabels.matchAll(/\b[a-z]+_[a-z_]+[a-z](?=[{[)])/g)) {
                assert.ok(KNOWN_METRICS.has(name), `${panel} (${datasource}) reads ${name}`);
            }
        }
    });

    it("include the queries of trace correlations, with variables substituted", () => {
        const [logs, ...metrics] = correlationQueries("abc", "loki", "shop/cart");
        assert.deepEqual(logs, { datasource: "loki", expr: '{service_name=~".+"} | trace_id="abc"' });
        assert.ok(metrics.length > 0);
        for (const { expr } of metrics) {
            assert.match(expr, /job="shop\/cart"/);
            assert.doesNotMatch(expr, /\$/);
        }
    });

    it("distinguish services of one name in two namespaces", () => {
        const values = { service: "cart", namespace: "shop", environment: "prod", rangeSeconds: 900 };
        const [loki, victorialogs] = ["loki", "victorialogs"].map((logStore) => {
            const context = resolveDashboardContext(
                parsePlan({
                    loki: { enabled: logStore === "loki" },
                    victoriaLogs: { enabled: logStore !== "loki" },
                }),
            );
            return dashboardQueries(values, context).filter(({ dashboard }) => dashboard === "Service");
        });
        const find = (own: typeof loki, name: string) => own?.find(({ panel }) => panel === name)?.expr ?? "";
        assert.match(find(loki, "Rate"), /\{job="shop\/cart",deployment_environment_name=~"prod"\}/);
        assert.match(find(loki, "Callers and callees"), /\{server="cart",server_service_namespace="shop",/);
        assert.equal(find(loki, "Latest traces"), 'search:cart:otel_stack.job="shop/cart"');
        assert.match(find(loki, "Logs"), /^\{service_name="cart",service_namespace="shop",.*=~"prod"\}$/);
        assert.equal(
            find(victorialogs, "Logs"),
            'service.name:="cart" service.namespace:="shop" deployment.environment.name:~"^(prod)$"',
        );
    });

    it("keep the namespace in links to a service", () => {
        const files = renderDashboardFiles(resolveDashboardContext(parsePlan()));
        assert.match(files["otel-overview.json"] ?? "", /\/d\/otel-service\?var-job=\$\{__value\.raw\}/);
        const variables = (JSON.parse(files["otel-service.json"] ?? "") as Dashboard).templating.list;
        assert.equal(variables?.[0]?.name, "job");
    });

    it("state why they may return no data", () => {
        for (const { emptyWhen } of queries) {
            assert.ok(emptyWhen === undefined || emptyWhen.length > 10);
        }
    });
});
