import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { COUNTERS, METRIC_NAMES } from "../components/rules/metrics";
import { RECORDED } from "../components/rules/recording";
import { ruleQueries, stackRules } from "../components/rules/rules";
import type { AlertingRule, Rule } from "../components/rules/types";
import { runProgram } from "../tools/mocked-stack";
import { filesIn } from "../tools/rendered";
import { containerOf } from "./support/objects";
import { settingsFrom } from "./support/settings";

const ROOT = path.resolve(__dirname, "..");
const TESTS = path.join(__dirname, "rules");
const FURTHER = {
    destinations: { vendor: { endpoint: "https://otlp.vendor.example", protocol: "http" } },
    azureMonitor: { enabled: true, connectionString: "InstrumentationKey=0" },
    tailSampling: { enabled: true },
};
/** With what all rules are there. */
const DISK = { durability: "disk", layout: "two-tier", victoriaLogs: { enabled: true }, ...FURTHER };
const JOBS = {
    collector: "gateway-internal",
    jaeger: "traces",
    loki: "logs",
    victoriaLogs: "records",
    prometheus: "series",
    traceTier: "tier-internal",
};

function rulesOf(raw: Readonly<Record<string, unknown>> = {}): readonly Rule[] {
    return stackRules(settingsFrom(raw), JOBS).flatMap(({ rules }) => rules);
}

function alertsOf(raw: Readonly<Record<string, unknown>> = {}): readonly AlertingRule[] {
    return rulesOf(raw).filter((rule) => "alert" in rule);
}

function exprOf(name: string, raw: Readonly<Record<string, unknown>> = {}): string {
    const rule = rulesOf(raw).find((candidate) => ("alert" in candidate ? candidate.alert : candidate.record) === name);
    assert.ok(rule, `there is no rule ${name}`);
    return rule.expr;
}

interface AlertTest {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
}

/** What the files for `promtool test rules` expect of each alert. */
function alertTests(): readonly AlertTest[] {
    const files = fs.readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
    return files.flatMap((file) => {
        const { tests } = parse(fs.readFileSync(path.join(TESTS, file), "utf8")) as {
            tests: readonly { alert_rule_test?: readonly AlertTest[] }[];
        };
        return tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    });
}

describe("alerts", () => {
    const runbook = fs.readFileSync(path.join(ROOT, "docs/runbook.md"), "utf8");
    const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title);

    it("are there for everything that loses data, or soon will", () => {
        assert.deepEqual(
            alertsOf().map(({ alert }) => alert),
            [
                "CollectorRefusesData",
                "CollectorDropsData",
                "CollectorMemoryLimiterRefuses",
                "SendersUnauthenticated",
                "NoTelemetry",
                "CollectorQueueFull",
                "CollectorQueueFilling",
                "CollectorExporterStalled",
                "CollectorDown",
                "BackendDown",
                "ScrapeFailing",
                "MemoryNearLimit",
                "SeriesJump",
                "SpanMetricsOverflow",
                "RuleFailing",
            ],
        );
    });

    it("promise nothing to clients that had their answer before", () => {
        const described = (name: string, raw: object): string =>
            alertsOf({ ...raw }).find(({ alert }) => alert === name)?.annotations.description ?? "";
        const sampled = { tailSampling: { enabled: true } };
        assert.match(described("CollectorQueueFilling", sampled), /clients are refused, or traces are lost then/);
        assert.match(described("CollectorQueueFull", sampled), /"traces" }}are lost{{ else }}went back to the clients/);
        assert.match(described("CollectorQueueFilling", {}), /clients are refused then/);
    });

    it("watch the queues that outlive their Collector", () => {
        assert.ok(alertsOf(DISK).some(({ alert }) => alert === "CollectorQueueLost"));
    });

    it("each have a section of the runbook, and no section is left over", () => {
        assert.deepEqual(
            [...sections].sort(),
            alertsOf(DISK)
                .map(({ alert }) => alert)
                .sort(),
        );
    });

    it("link to the runbook of the settings", () => {
        const rules = { runbookUrl: "https://wiki.example.com/runbook" };
        assert.ok(
            alertsOf({ prometheus: { rules } }).every(
                ({ alert, annotations }) =>
                    annotations.runbook_url === `https://wiki.example.com/runbook#${alert.toLowerCase()}`,
            ),
        );
    });

    for (const { alert, labels, annotations } of alertsOf(DISK)) {
        it(`${alert} says how bad it is, what it means and where to read on`, () => {
            assert.match(labels.severity, /^(critical|warning|info)$/);
            assert.ok(annotations.summary.length > 10 && !annotations.summary.endsWith("."));
            assert.match(annotations.description, /\.$/);
            assert.match(
                annotations.runbook_url ?? "",
                new RegExp(`^https://.+/docs/runbook\\.md#${alert.toLowerCase()}$`),
            );
        });

        it(`${alert} is seen by promtool to fire, and to keep quiet`, () => {
            const tests = alertTests().filter(({ alertname }) => alertname === alert);
            assert.ok(
                tests.some(({ exp_alerts }) => exp_alerts.length > 0),
                "no test sees it fire",
            );
            assert.ok(
                tests.some(({ exp_alerts }) => exp_alerts.length === 0),
                "no test sees it quiet",
            );
        });
    }
});

describe("rules", () => {
    it("read series by names that are known, and nothing else", () => {
        const known = new Set([...METRIC_NAMES, ...Object.values(RECORDED)]);
        for (const { expr } of rulesOf(DISK)) {
            const names =
                expr.replace(/\{[^}]*\}/g, "").match(/\b(?:otel|http_|process_|prometheus_|rpc_)[a-z_:]+/g) ?? [];
            assert.deepEqual(
                names.filter((name) => !known.has(name)),
                [],
                expr,
            );
        }
    });

    it("record what alerts read", () => {
        const recorded = new Set(rulesOf(DISK).flatMap((rule) => ("record" in rule ? [rule.record] : [])));
        assert.deepEqual([...recorded].sort(), Object.values(RECORDED).sort());
    });

    it("watch the metrics made from spans where there are some", () => {
        const names = (raw: Readonly<Record<string, unknown>>) => alertsOf(raw).map(({ alert }) => alert);
        assert.ok(!names({ spanMetrics: { enabled: false } }).includes("SpanMetricsOverflow"));
    });

    it("leave a backend out that is off", () => {
        assert.match(exprOf("BackendDown"), /traces\|logs/);
        assert.doesNotMatch(exprOf("BackendDown", { loki: { enabled: false } }), /logs/);
        assert.doesNotMatch(exprOf(RECORDED.memory, { jaeger: { enabled: false } }), /traces/);
        const neither = { jaeger: { enabled: false }, loki: { enabled: false } };
        assert.ok(!alertsOf(neither).some(({ alert }) => alert === "BackendDown"));
        assert.equal(exprOf("ScrapeFailing", neither), "up == 0");
    });

    it("watch both tiers of Collectors where there are two, each by its own limits", () => {
        const raw = { layout: "two-tier", traceTier: { resources: { limits: { memory: "512Mi" } } } };
        const either = 'job=~"gateway-internal|tier-internal"';
        for (const name of [RECORDED.sent, RECORDED.dropped, RECORDED.queue, "CollectorExporterStalled"]) {
            assert.ok(exprOf(name, raw).includes(either), name);
            assert.ok(!exprOf(name).includes("tier-internal"), name);
        }
        assert.match(exprOf(RECORDED.memory, raw), /rss\{job="tier-internal"\} \/ 536870912/);
        assert.equal(exprOf("CollectorDown", raw), exprOf("CollectorDown"));
    });

    it("compare memory with the limits of the containers", () => {
        const raw = { collector: { resources: { limits: { memory: "1Gi" } } } };
        assert.match(
            exprOf(RECORDED.memory, raw),
            /otelcol_process_memory_rss\{job="gateway-internal"\} \/ 1073741824/,
        );
        assert.match(exprOf(RECORDED.memory), /process_resident_memory_bytes\{job="series"\} \/ 536870912/);
    });

    for (const [interval, rate, window] of [
        ["5s", "60s", "300s"],
        ["1m", "240s", "300s"],
        ["5m", "1200s", "1200s"],
    ] as const) {
        it(`take rates over several scrapes when there is one every ${interval}`, () => {
            const raw = { prometheus: { scrapeInterval: interval } };
            assert.ok(exprOf(RECORDED.accepted, raw).includes(`[${rate}]`));
            assert.ok(exprOf(RECORDED.dropped, raw).includes(`[${window}]`));
        });
    }

    it("say which of their queries may return nothing, and why", () => {
        const queries = ruleQueries(stackRules(settingsFrom(), JOBS));
        const busy = queries.filter(({ emptyBecause }) => emptyBecause === undefined).map(({ rule }) => rule);
        assert.deepEqual(
            [...new Set(busy)],
            [RECORDED.accepted, RECORDED.sent, RECORDED.refused, RECORDED.queue, RECORDED.memory],
        );
        const dropped = queries.find(({ rule }) => rule === RECORDED.dropped);
        assert.deepEqual(dropped?.reads, ["otelcol_process_uptime", "up", `${COUNTERS.sendFailed}_spans`]);
    });
});

describe("Prometheus' file of rules", () => {
    it("is mounted beside the configuration that names it", async () => {
        const { recorder } = await runProgram({});
        const { prometheus = "", rules = "" } = filesIn(recorder.manifests);
        assert.deepEqual((parse(prometheus) as { rule_files?: unknown }).rule_files, ["rules.yml"]);
        const { groups } = parse(rules) as { groups: readonly { name: string }[] };
        assert.deepEqual(
            groups.map(({ name }) => name),
            ["otel-stack"],
        );
        const { volumeMounts } = containerOf(recorder.manifest("Deployment", "prometheus"));
        assert.ok(volumeMounts.some(({ mountPath }) => mountPath === "/etc/prometheus/rules.yml"));
    });

    it("is not there when rules are off", async () => {
        const { recorder } = await runProgram({ prometheus: { rules: { enabled: false } } });
        const { prometheus = "", rules } = filesIn(recorder.manifests);
        assert.equal(rules, undefined);
        assert.doesNotMatch(prometheus, /rule_files/);
        const { volumeMounts } = containerOf(recorder.manifest("Deployment", "prometheus"));
        assert.ok(!volumeMounts.some(({ mountPath }) => mountPath.endsWith("rules.yml")));
    });
});
