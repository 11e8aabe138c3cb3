import assert from "node:assert/strict";
import type { CollectorConfig } from "../../../../components/collector/config/types/collector-config";
import { renderProgram } from "../../../../tools/render/program";
import { renderStackCollectorConfig } from "../../../support/collector-config";
import { getContainer } from "../../../support/manifests";
import { parseSettings } from "../../../support/settings";

type Raw = Readonly<Record<string, unknown>>;
const GATE = "--feature-gates=ottl.functions.enableLambda";
const KEYS = { redaction: { blockedKeyPatterns: ["(?i)password$"] } };
const VALUES = { redaction: { blockedValuePatterns: ["^4[0-9]{15}$"] } };
const BOTH = { redaction: { ...KEYS.redaction, ...VALUES.redaction } };

const STORES = ["jaeger", "loki", "prometheus", "victoriaLogs"] as const;
const FIRST_PROCESSORS = ["memory_limiter", "transform/redaction", "redaction/keys", "redaction/values"];

/** All sets of names but the empty one. */
function listCombinations<T>(names: readonly T[]): readonly (readonly T[])[] {
    return names
        .reduce<readonly (readonly T[])[]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]])
        .slice(1);
}

/** The statements for a context, of all signals. */
function listStatements({ processors }: CollectorConfig, context: string): readonly string[] {
    const deep = processors["transform/redaction"] ?? assert.fail("no transform/redaction");
    return [deep.trace_statements, deep.metric_statements, deep.log_statements].flatMap((groups = []) =>
        groups.flatMap((group) => (typeof group !== "string" && group.context === context ? group.statements : [])),
    );
}

describe("redaction", () => {
    let config: CollectorConfig;

    before(async () => {
        config = await renderStackCollectorConfig(BOTH);
    });

    it("masks keys and values in separate processors, without a summary", () => {
        const { ignored_keys: ignored = [], ...keys } = config.processors["redaction/keys"] ?? assert.fail();
        // The Collector reads `$$` as one `$`.
        assert.deepEqual(keys, { allow_all_keys: true, blocked_key_patterns: ["(?i)password$$"], summary: "silent" });
        assert.ok(ignored.includes("http.route"));
        assert.deepEqual(config.processors["redaction/values"], {
            allow_all_keys: true,
            blocked_values: ["^4[0-9]{15}$$"],
            redact_all_types: true,
            summary: "silent",
        });
    });

    it("looks at a common key that a pattern matches", async () => {
        const raw = { redaction: { blockedKeyPatterns: ["password", "(?i)HTTP\\.R.*e$"] } };
        const ignored = (await renderStackCollectorConfig(raw)).processors["redaction/keys"]?.ignored_keys ?? [];
        assert.ok(!ignored.includes("http.route"));
        assert.ok(ignored.includes("http.target"));
    });

    it("runs before the debug exporter, span metrics and everything that stores", () => {
        for (const signal of ["traces", "metrics", "logs"] as const) {
            const pipeline = config.service.pipelines[signal];
            assert.deepEqual(pipeline?.processors.slice(0, 4), FIRST_PROCESSORS);
            assert.ok(pipeline.exporters.includes("forward/debug"));
        }
        assert.ok(config.service.pipelines.traces?.exporters.includes("span_metrics"));
    });

    it("has only the processors that its patterns need", async () => {
        for (const [raw, expected] of [
            [KEYS, ["transform/redaction", "redaction/keys"]],
            [VALUES, ["transform/redaction", "redaction/values"]],
            [{}, []],
        ] as const) {
            const { processors, service } = await renderStackCollectorConfig(raw);
            assert.deepEqual(
                service.pipelines.logs?.processors.filter((id) => id.includes("redaction")),
                expected,
            );
            assert.deepEqual(
                Object.keys(processors)
                    .filter((id) => id.includes("redaction"))
                    .sort(),
                [...expected].sort(),
            );
        }
    });

    it("rejects data that it cannot mask", () => {
        assert.equal(config.processors["transform/redaction"]?.error_mode, "propagate");
    });

    for (const [context, paths] of [
        ["resource", ["attributes", "schema_url"]],
        ["scope", ["attributes", "name", "version", "schema_url"]],
        ["span", ["attributes", "name", "status.message", "trace_state", "links"]],
        ["spanevent", ["attributes", "name"]],
        ["metric", ["name", "description", "unit", "metadata"]],
        ["datapoint", ["attributes"]],
        ["exemplar", ["filtered_attributes"]],
        ["log", ["attributes", "body", "severity_text", "event_name"]],
    ] as const) {
        it(`changes each text of a ${context}`, () => {
            const statements = listStatements(config, context);
            for (const path of paths) {
                assert.ok(
                    statements.some((statement) => new RegExp(`^\\w+\\(${context}\\.${path}[,)]`).test(statement)),
                    path,
                );
            }
        });
    }

    it("drops span links, and counts them as dropped", () => {
        assert.deepEqual(listStatements(config, "span").slice(-2), [
            "set(span.dropped_links_count, span.dropped_links_count + Len(span.links)) where Len(span.links) > 0",
            "set(span.links, nil) where Len(span.links) > 0",
        ]);
    });

    it("quotes patterns for OTTL and for the configuration file", async () => {
        const raw = { redaction: { blockedValuePatterns: ['say "\\$1"$'] } };
        const [statement = ""] = listStatements(await renderStackCollectorConfig(raw), "spanevent").slice(-1);
        assert.equal(statement, 'replace_pattern(spanevent.name, "say \\"\\\\$$1\\"$$", "****")');
    });

    it("joins patterns, except those that need a pattern of their own", async () => {
        const raw = { redaction: { blockedKeyPatterns: ["(?i)a", "b|c", "\\Qd.", "(?P<n>e)", "(?P<n>f)"] } };
        const [statement = ""] = listStatements(await renderStackCollectorConfig(raw), "datapoint");
        const patterns = [...statement.matchAll(/IsMatch\(k, "([^"]*)"\)/g)].map(([, pattern]) => pattern);
        assert.deepEqual([...new Set(patterns)], ["(?:(?i)a)|(?:b|c)", "\\\\Qd.", "(?P<n>e)", "(?P<n>f)"]);
    });

    it("enables lambda expressions in the Collector that redacts, and only there", async () => {
        const args = async (raw: Raw, kind: string, name: string) =>
            getContainer((await renderProgram(raw)).recorder.manifest(kind, name)).args;
        assert.deepEqual((await args(BOTH, "Deployment", "otel-collector")).slice(1), [GATE]);
        assert.deepEqual((await args({}, "Deployment", "otel-collector")).slice(1), []);
        const twoTier = { ...BOTH, topology: "two-tier" };
        assert.deepEqual((await args(twoTier, "Deployment", "otel-collector")).slice(1), [GATE]);
        assert.deepEqual((await args(twoTier, "StatefulSet", "otel-collector-traces")).slice(1), []);
    });

    for (const stores of listCombinations(STORES)) {
        it(`runs before all other processors of what arrives, with ${stores.join(", ")} and a destination`, async () => {
            const enabled = STORES.map((store) => [store, { enabled: stores.includes(store) }] as const);
            const { receivers, service } = await renderStackCollectorConfig({
                ...BOTH,
                ...Object.fromEntries(enabled),
                telemetrygen: { enabled: false },
                destinations: {
                    copy: { endpoint: "https://otlp.example.com", protocol: "http", onQueueFull: "reject" },
                },
            });
            const entrances = Object.values(service.pipelines).filter((pipeline) =>
                pipeline?.receivers.some((id) => Object.hasOwn(receivers, id)),
            );
            assert.ok(entrances.length >= 3, String(entrances.length));
            for (const entrance of entrances) {
                assert.deepEqual(entrance?.processors.slice(0, 4), FIRST_PROCESSORS);
            }
        });
    }

    it("runs in the ingest tier, before data is sent to the trace tier", async () => {
        const twoTier = { ...BOTH, topology: "two-tier" };
        const ingest = (await renderStackCollectorConfig(twoTier)).service.pipelines.traces;
        assert.ok(ingest);
        assert.ok(ingest.processors.includes("transform/redaction"));
        assert.ok(ingest.exporters.includes("load_balancing"));
        const traceTier = await renderStackCollectorConfig(twoTier, "otel-collector-traces-config");
        assert.ok(!Object.keys(traceTier.processors).some((id) => id.includes("redaction")));
    });

    it("accepts RE2 syntax that JavaScript rejects", () => {
        const patterns = [
            "(?i:secret)",
            "\\x{41}",
            "\\Q..\\E",
            "(?P<n>a)",
            "(?i)a",
            "(?U)a+",
            "[[:alpha:]]",
            "\\pN",
            "\\z",
        ];
        assert.deepEqual(
            parseSettings({ redaction: { blockedKeyPatterns: patterns } }).redaction.blockedKeyPatterns,
            patterns,
        );
    });
});
