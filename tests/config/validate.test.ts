import assert from "node:assert/strict";
import { type Raw, isRecord, getPath } from "../../config/types/raw";
import { validate } from "../../config/validate";
import { readStackSettings } from "../../tools/render/program";
import { invalidDestinations } from "./invalid-settings/destinations";
import { invalidProcessing } from "./invalid-settings/processing";
import { invalidSettings } from "./invalid-settings/invalid-settings";
import { nestSetting } from "../support/settings-path";

const ALL_INVALID_SETTINGS = [...invalidSettings, ...invalidDestinations, ...invalidProcessing];

function listMessages(raw: Readonly<Record<string, unknown>>): string[] {
    return (validate(raw).issues ?? []).map(({ key, message }) => `${key}: ${message}`);
}

describe("valid settings", () => {
    it("are complete without input: every setting has a default", () => {
        const { settings } = validate({});
        assert.equal(settings?.namespace.name, "playground-otel");
        assert.equal(settings.collector.batch.flushTimeout, "1s");
    });

    it("are deeply frozen", () => {
        const { settings } = validate({});
        assert.ok(settings);
        assert.throws(() => Object.assign(settings.collector.batch, { flushTimeout: "2s" }), TypeError);
    });

    for (const [key, value, expected = value] of [
        ["namespace.name", "a"],
        ["namespace.name", "a".repeat(63)],
        ["images.collector", "registry.example:5000/team/otelcol:1.2.3"],
        ["images.collector", "a__b/c--d.e_f:V1.2.3-RC_1"],
        ["images.collector", `otelcol:1.2.3@sha256:${"0123456789abcdef".repeat(4)}`],
        ["collector.replicas", "3", 3],
        ["collector.debugExporter.enabled", "false", false],
        ["collector.resources.limits.cpu", 2, "2"],
        ["collector.resources.limits.memory", "0.5Gi"],
        ["collector.queue.size", "4.3M"],
        ["collector.resources.limits.cpu", "1.001"],
        ["collector.batch.flushTimeout", "1m30s"],
        ["collector.batch.flushTimeout", "250ms"],
        ["collector.prometheusExporter.enabled", true],
        ["jaeger.maxTraces", 1],
        ["loki.persistence.enabled", true],
        ["loki.ingestion.rateMBPerSecond", "0.5", 0.5],
        ["spanMetrics.enabled", true],
        ["prometheus.retention", "2w"],
        ["telemetrygen.rate", "0.5", 0.5],
        ["telemetrygen.logs.enabled", false],
        ["networkPolicies.dns.namespace", { "kubernetes.io/metadata.name": "openshift-dns", empty: "" }],
        ["networkPolicies.dns.cidrs", ["169.254.20.10/32", "fd00::/8"]],
        ["shop.errorRate", 0],
        ["shop.slowRate", "1", 1],
        ["images.shop", "registry.example/shop:1.0.0"],
        ["rolloutTimeout", "10m"],
        ["clusterTelemetry.podLogs.enabled", "true", true],
        ["clusterTelemetry.agentOtlp.enabled", true],
        ["clusterTelemetry.kubeletMetrics.interval", "10m"],
        ["clusterTelemetry.kubernetesAttributes.enabled", true],
        ["images.agent", "registry.example/agent:1"],
    ] as const) {
        it(`accept ${JSON.stringify(value)} for ${key}`, () => {
            const raw = nestSetting(key, value);
            const { settings, issues: problems } = validate(raw);
            assert.deepEqual(problems, undefined);
            const got = getPath(settings, key.split("."));
            assert.deepEqual(got, expected);
        });
    }

    for (const stack of ["dev", "sandbox", "secure"]) {
        it(`include Pulumi.${stack}.yaml`, () => {
            assert.deepEqual(listMessages(readStackSettings(stack)), []);
        });
    }
});

describe("invalid settings", () => {
    for (const { about, raw, problem } of ALL_INVALID_SETTINGS) {
        it(`are rejected: ${about}`, () => {
            const messages = listMessages(raw);
            assert.deepEqual(messages, [problem]);
        });
    }

    it("are reported together with violated rules", () => {
        const messages = listMessages({
            colector: {},
            collector: { batch: { minSize: "3Mi" }, queue: { sise: 1 }, replicas: 0 },
            prometheus: { enabled: false },
            jaeger: { enabled: "perhaps" },
        });
        assert.deepEqual(messages.sort(), [
            "colector: unknown key, did you mean collector?",
            "collector.batch.minSize: expected at most 2Mi (collector.batch.maxSize)",
            "collector.queue.sise: unknown key, did you mean collector.queue.size?",
            "collector.replicas: expected a whole number from 1 to 10",
            "jaeger.enabled: expected true or false",
        ]);
    });

    it("violate no rule about a value that is invalid itself", () => {
        const messages = listMessages({ collector: { batch: { minSize: "3Mi", maxSize: "lots" } } });
        assert.deepEqual(messages, [
            "collector.batch.maxSize: expected a size in whole bytes, above zero, with a unit, such as 256Mi",
        ]);
    });

    it("cause one issue when a destination and its possible users are invalid", () => {
        const messages = listMessages({
            loki: { enabled: false },
            victoriaLogs: { enabled: false },
            collector: { debugExporter: { enabled: false } },
            destinations: { vendor: { endpoint: "vendor" } },
            clusterTelemetry: { podLogs: { enabled: true } },
        });
        assert.equal(messages.length, 1, messages.join("\n"));
        assert.match(messages[0] ?? "", /^destinations\.vendor\.endpoint: /);
    });

    it("violate no rule about a default that follows from an invalid value", () => {
        const messages = listMessages({
            durability: { mode: "dsik" },
            jaeger: { persistence: { storageClass: "fast" } },
        });
        assert.equal(messages.length, 1, messages.join("\n"));
        assert.match(messages[0] ?? "", /^durability\.mode: /);
    });

    // A rule that did not notice what it reads would see the default in place of the invalid value.
    for (const { about, raw } of ALL_INVALID_SETTINGS) {
        it(`violate no other rule when another value is invalid too: ${about}`, () => {
            const problems = listMessages(raw);
            for (const path of listLeaves(raw)) {
                const key = path.join(".");
                const broken = validate(replaceWithInvalid(raw, path)).issues ?? [];
                // A section that is one value, such as labels, has the error itself.
                const isOwn = (problem: { readonly key: string }): boolean => `${key}.`.startsWith(`${problem.key}.`);
                assert.equal(broken.filter(isOwn).length, 1, key);
                const others = broken.filter((problem) => !isOwn(problem));
                const drawnIn = others.map((problem) => `${problem.key}: ${problem.message}`);
                assert.deepEqual(
                    drawnIn.filter((message) => !problems.includes(message)),
                    [],
                    key,
                );
            }
        });
    }
});

function listLeaves(raw: Raw, path: readonly string[] = []): (readonly string[])[] {
    return Object.entries(raw).flatMap(([key, value]) =>
        isRecord(value) && Object.keys(value).length > 0 ? listLeaves(value, [...path, key]) : [[...path, key]],
    );
}

/** The same settings with a bigint, which no setting takes, at that path. */
function replaceWithInvalid(raw: Raw, [head = "", ...tail]: readonly string[]): Raw {
    const child = raw[head];
    return { ...raw, [head]: tail.length > 0 && isRecord(child) ? replaceWithInvalid(child, tail) : 0n };
}
