import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { WATCHDOG } from "../../../../components/prometheus/rules/alertmanager-alerts";
import { COUNTERS, METRIC_NAMES } from "../../../../components/prometheus/rules/metrics";
import { RECORDING_RULES } from "../../../../components/prometheus/rules/recording";
import { renderRulesFile, ruleQueries, resolveRuleGroups } from "../../../../components/prometheus/rules/rules";
import type { AlertingRule, Rule } from "../../../../components/prometheus/rules/types";
import { renderProgram } from "../../../../tools/render/program";
import { extractConfigFiles } from "../../../../tools/render/config-files";
import { getContainer } from "../../../support/manifests";
import { parsePlan } from "../../../support/settings";

const ROOT = path.resolve(__dirname, "../../../..");
const PROMTOOL_DIRECTORY = path.join(ROOT, "tests/promtool");
const DESTINATIONS = {
    destinations: { vendor: { endpoint: "https://otlp.vendor.example", protocol: "http" } },
    azureMonitor: { enabled: true, connectionString: "InstrumentationKey=0" },
    tailSampling: { enabled: true },
};
/** With what all rules are there. */
const ALL_RULES_SETTINGS = {
    jaeger: { maxSpansPerTrace: 2000, persistence: { enabled: false } },
    durability: { mode: "disk" },
    topology: "two-tier",
    victoriaLogs: { enabled: true },
    alertmanager: { enabled: true },
    ...DESTINATIONS,
};
const JOBS = {
    alertmanager: "alerts",
    collector: "gateway-internal",
    scrapedMetrics: "gateway",
    jaeger: "traces",
    loki: "logs",
    victoriaLogs: "records",
    prometheus: "series",
    traceTier: "tier-internal",
};

function listRules(raw: Readonly<Record<string, unknown>> = {}): readonly Rule[] {
    return resolveRuleGroups(parsePlan(raw), JOBS).flatMap(({ rules }) => rules);
}

function listAlerts(raw: Readonly<Record<string, unknown>> = {}): readonly AlertingRule[] {
    return listRules(raw).filter((rule) => "alert" in rule);
}

function findExpr(name: string, raw: Readonly<Record<string, unknown>> = {}): string {
    const rule = listRules(raw).find(
        (candidate) => ("alert" in candidate ? candidate.alert : candidate.record) === name,
    );
    assert.ok(rule, `there is no rule ${name}`);
    return rule.expr;
}

interface AlertTest {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
}

/** What the files for `promtool test rules` expect of each alert. */
function readAlertTests(): readonly AlertTest[] {
    const files = fs
        .readdirSync(PROMTOOL_DIRECTORY, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".yaml"));
    return files.flatMap((file) => {
        const { tests } = parse(fs.readFileSync(path.join(PROMTOOL_DIRECTORY, file), "utf8")) as {
            tests: readonly { alert_rule_test?: readonly AlertTest[] }[];
        };
        return tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    });
}

describe("alerting rules", () => {
    const runbook = fs.readFileSync(path.join(ROOT, "docs/reference/alerts.md"), "utf8");
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title);

    it("cover every way to lose data", () => {
        assert.deepEqual(
            listAlerts().map(({ alert }) => alert),
            [
                "CollectorRejectingData",
                "CollectorDroppingData",
                "CollectorRepairingItems",
                "CollectorRejectingRequests",
                "CollectorDroppingDeltaPoints",
                "CollectorMemoryLimiterActive",
                "CollectorUnauthenticatedRequests",
                "CollectorNoTelemetryReceived",
                "CollectorQueueFull",
                "CollectorQueueFilling",
                "CollectorExporterStalled",
                "CollectorDown",
                "BackendDown",
                "TargetDown",
                "MemoryNearLimit",
                "JaegerRejectingSpans",
                "LokiDropsRecords",
                "PrometheusSeriesGrowth",
                "SpanMetricsOverflow",
                "ServiceGraphIncomplete",
                "PrometheusRejectingLabels",
                "PrometheusRuleFailures",
                "CollectorDroppingSeries",
            ],
        );
    });

    it("do not promise client retries of acknowledged data", () => {
        const described = (name: string, raw: object): string =>
            listAlerts({ ...raw }).find(({ alert }) => alert === name)?.annotations.description ?? "";
        const sampled = { tailSampling: { enabled: true } };
        assert.match(described("CollectorQueueFilling", sampled), /the Collector rejects data, or loses traces/);
        assert.match(described("CollectorQueueFull", sampled), /"traces" }}are lost{{ else }}were rejected/);
        assert.match(described("CollectorQueueFilling", {}), /Then the Collector rejects data\.$/);
    });

    it("include persistent-queue alerts only when queues are persistent", () => {
        assert.ok(listAlerts(ALL_RULES_SETTINGS).some(({ alert }) => alert === "CollectorPersistentQueueLost"));
    });

    it("match the runbook's sections one to one", () => {
        assert.deepEqual(
            [...sections].sort(),
            listAlerts(ALL_RULES_SETTINGS)
                .map(({ alert }) => alert)
                .sort(),
        );
    });

    it("link to the configured runbook", () => {
        const rules = { runbookUrl: "https://wiki.example.com/runbook" };
        assert.ok(
            listAlerts({ prometheus: { rules } }).every(
                ({ alert, annotations }) =>
                    annotations.runbook_url === `https://wiki.example.com/runbook#${alert.toLowerCase()}`,
            ),
        );
    });

    it("name only alerts that exist as their causes, and no critical alert has one", () => {
        const alerts = listAlerts(ALL_RULES_SETTINGS);
        const names = alerts.map(({ alert }) => alert);
        const followers = alerts.filter(({ causes = [] }) => causes.length > 0);
        assert.ok(followers.length >= 4);
        for (const { alert, causes = [], labels } of followers) {
            assert.notEqual(labels.severity, "critical", `${alert} would be muted while data is lost`);
            assert.deepEqual(
                causes.map((cause) => cause.alert).filter((name) => !names.includes(name) || name === alert),
                [],
                alert,
            );
        }
    });

    it("omit causes and dashboards from the rules file", () => {
        const file = renderRulesFile(resolveRuleGroups(parsePlan(ALL_RULES_SETTINGS), JOBS));
        assert.doesNotMatch(file, /causes|dashboard:/);
    });

    it("have the value and the dashboard of notifications only with Alertmanager", () => {
        const read = (raw: Readonly<Record<string, unknown>>, grafanaUrl?: string) =>
            resolveRuleGroups(parsePlan(raw), JOBS, grafanaUrl)
                .flatMap(({ rules }) => rules)
                .find((rule): rule is AlertingRule => "alert" in rule && rule.alert === "BackendDown")?.annotations;
        const enabled = { alertmanager: { enabled: true } };
        assert.deepEqual(Object.keys(read({}, "http://grafana/") ?? {}).sort(), [
            "description",
            "runbook_url",
            "summary",
        ]);
        assert.equal(read(enabled)?.value, "{{ $value | humanize }}");
        assert.equal(read(enabled)?.dashboard_url, undefined);
        assert.equal(read(enabled, "http://grafana/")?.dashboard_url, "http://grafana/d/otel-backends");
    });

    for (const { alert, labels, annotations } of listAlerts(ALL_RULES_SETTINGS)) {
        it(`give ${alert} a severity, a summary, a description and a runbook link`, () => {
            assert.match(labels.severity, /^(critical|warning|info)$/);
            assert.ok(annotations.summary.length > 10 && !annotations.summary.endsWith("."));
            assert.match(annotations.description, /\.$/);
            assert.match(
                annotations.runbook_url ?? "",
                new RegExp(`^https://.+/docs/reference/alerts\\.md#${alert.toLowerCase()}$`),
            );
        });

        it(`have promtool tests of ${alert} firing and not firing`, () => {
            const tests = readAlertTests().filter(({ alertname }) => alertname === alert);
            assert.ok(
                tests.some(({ exp_alerts }) => exp_alerts.length > 0),
                "no test sees it fire",
            );
            assert.ok(
                alert === WATCHDOG || tests.some(({ exp_alerts }) => exp_alerts.length === 0),
                "no test sees it quiet",
            );
        });
    }
});

describe("rule expressions", () => {
    it("reference only known metrics", () => {
        const known = new Set([...METRIC_NAMES, ...Object.values(RECORDING_RULES)]);
        for (const { expr } of listRules(ALL_RULES_SETTINGS)) {
            const names =
                expr
                    .replace(/\{[^}]*\}/g, "")
                    .match(/\b(?:alertmanager_|otel|http_|process_|prometheus_|rpc_)[a-z_:]+/g) ?? [];
            assert.deepEqual(
                names.filter((name) => !known.has(name)),
                [],
                expr,
            );
        }
    });

    it("use only recording rules that exist", () => {
        const recorded = new Set(
            listRules(ALL_RULES_SETTINGS).flatMap((rule) => ("record" in rule ? [rule.record] : [])),
        );
        assert.deepEqual([...recorded].sort(), Object.values(RECORDING_RULES).sort());
    });

    it("include span-metrics rules only when span metrics are enabled", () => {
        const names = (raw: Readonly<Record<string, unknown>>) => listAlerts(raw).map(({ alert }) => alert);
        assert.ok(!names({ spanMetrics: { enabled: false } }).includes("SpanMetricsOverflow"));
    });

    it("omit disabled backends", () => {
        assert.match(findExpr("BackendDown"), /traces\|logs/);
        assert.doesNotMatch(findExpr("BackendDown", { loki: { enabled: false } }), /logs/);
        assert.doesNotMatch(findExpr(RECORDING_RULES.memory, { jaeger: { enabled: false } }), /traces/);
        const neither = { jaeger: { enabled: false }, loki: { enabled: false } };
        assert.ok(!listAlerts(neither).some(({ alert }) => alert === "BackendDown"));
        assert.match(findExpr("TargetDown", neither), /^up\{job=~"gateway-internal\|gateway\|series",/);
    });

    it("use each tier's own limits when topology is two-tier", () => {
        const raw = { topology: "two-tier", traceTier: { resources: { limits: { memory: "512Mi" } } } };
        const either = 'job=~"gateway-internal|tier-internal"';
        for (const name of [
            RECORDING_RULES.sent,
            RECORDING_RULES.dropped,
            RECORDING_RULES.queue,
            "CollectorExporterStalled",
        ]) {
            assert.ok(findExpr(name, raw).includes(either), name);
            assert.ok(!findExpr(name).includes("tier-internal"), name);
        }
        assert.match(findExpr(RECORDING_RULES.memory, raw), /rss\{job="tier-internal"\} \/ 536870912/);
        assert.equal(findExpr("CollectorDown", raw), findExpr("CollectorDown"));
    });

    it("compare memory use with container limits", () => {
        const raw = { collector: { resources: { limits: { memory: "1Gi" } } } };
        assert.match(
            findExpr(RECORDING_RULES.memory, raw),
            /otelcol_process_memory_rss\{job="gateway-internal"\} \/ 1073741824/,
        );
        assert.match(findExpr(RECORDING_RULES.memory), /process_resident_memory_bytes\{job="series"\} \/ 536870912/);
    });

    for (const [interval, rate, window] of [
        ["5s", "60s", "300s"],
        ["1m", "240s", "300s"],
        ["2m", "480s", "480s"],
    ] as const) {
        it(`use a rate window of several scrape intervals when the interval is ${interval}`, () => {
            const raw = { prometheus: { scrapeInterval: interval } };
            assert.ok(findExpr(RECORDING_RULES.accepted, raw).includes(`[${rate}]`));
            assert.ok(findExpr(RECORDING_RULES.dropped, raw).includes(`[${window}]`));
        });
    }

    it("state which queries may return no data, and why", () => {
        const queries = ruleQueries(resolveRuleGroups(parsePlan(), JOBS));
        const busy = queries.filter(({ emptyBecause }) => emptyBecause === undefined).map(({ rule }) => rule);
        assert.deepEqual(
            [...new Set(busy)],
            [
                RECORDING_RULES.accepted,
                RECORDING_RULES.sent,
                RECORDING_RULES.refused,
                RECORDING_RULES.queue,
                RECORDING_RULES.memory,
            ],
        );
        const dropped = queries.find(({ rule }) => rule === RECORDING_RULES.dropped);
        assert.deepEqual(dropped?.reads, ["otelcol_process_uptime", "up", `${COUNTERS.sendFailed}_spans`]);
    });
});

describe("Prometheus rules file", () => {
    it("is mounted next to prometheus.yml", async () => {
        const { recorder } = await renderProgram({});
        const { prometheus = "", rules = "" } = extractConfigFiles(recorder.manifests);
        assert.deepEqual((parse(prometheus) as { rule_files?: unknown }).rule_files, ["rules.yml"]);
        const { groups } = parse(rules) as { groups: readonly { name: string }[] };
        assert.deepEqual(
            groups.map(({ name }) => name),
            ["otel-stack", "otel-stack-series"],
        );
        const { volumeMounts } = getContainer(recorder.manifest("Deployment", "prometheus"));
        assert.ok(volumeMounts.some(({ mountPath }) => mountPath === "/etc/prometheus/rules.yml"));
    });

    it("is omitted when rules are disabled", async () => {
        const { recorder } = await renderProgram({ prometheus: { rules: { enabled: false } } });
        const { prometheus = "", rules } = extractConfigFiles(recorder.manifests);
        assert.equal(rules, undefined);
        assert.doesNotMatch(prometheus, /rule_files/);
        const { volumeMounts } = getContainer(recorder.manifest("Deployment", "prometheus"));
        assert.ok(!volumeMounts.some(({ mountPath }) => mountPath.endsWith("rules.yml")));
    });
});
