import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Raw, isRecord, getPath } from "../../config/types/raw";
import { validate } from "../../config/validate";
import { readStackSettings } from "../../tools/render/program";
import { invalidDestinations } from "./invalid-settings/destinations";
import { invalidProcessing } from "./invalid-settings/processing";
import { invalidSettings } from "./invalid-settings/invalid-settings";
import { nestValue } from "../support/setting-values";

/** Enables what is off by default: a setting without effect is invalid. */
const OPTIONAL_PARTS: Raw = {
    images: { shop: "registry.example/shop:1.0.0" },
    shop: { enabled: true },
    clusterTelemetry: { kubeletMetrics: { enabled: true } },
};

const ALL_INVALID_SETTINGS = [...invalidSettings, ...invalidDestinations, ...invalidProcessing];

function listMessages(raw: Readonly<Record<string, unknown>>): string[] {
    return (validate(raw).issues ?? []).map(({ key, message }) => `${key} ${message}`);
}

function listIssueKeys(raw: Readonly<Record<string, unknown>>): string[] {
    return (validate(raw).issues ?? []).map(({ key }) => key);
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
        ["images.prometheus", `prom/prometheus@sha256:${"0123456789abcdef".repeat(4)}`],
        ["images.registry", "mirror.example.com"],
        ["images.registry", "mirror:5000/a/b-c"],
        ["images.registry", "localhost"],
        ["images.pullSecrets", ["a", "b.c"]],
        ["collector.replicas", "3", 3],
        ["collector.debugExporter.enabled", "false", false],
        ["collector.resources.limits.cpu", 2, "2"],
        ["collector.resources.limits.memory", "0.5Gi"],
        ["collector.queue.size", "4.3M"],
        ["collector.resources.limits.cpu", "1.001"],
        ["collector.batch.flushTimeout", "1m30s"],
        ["collector.batch.flushTimeout", "250ms"],
        ["collector.prometheusExporter.enabled", true],
        ["jaeger.maxSpansPerTrace", 100],
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
        ["clusterTelemetry.kubeletMetrics.interval", "2m"],
        ["clusterTelemetry.kubernetesAttributes.enabled", true],
        ["images.agent", "registry.example/agent:1"],
    ] as const) {
        it(`accept ${JSON.stringify(value)} for ${key}`, () => {
            const raw = nestValue(OPTIONAL_PARTS, key, value);
            const { settings, issues } = validate(raw);
            assert.equal(issues, undefined);
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
    for (const { about, raw, key } of ALL_INVALID_SETTINGS) {
        it(`are rejected: ${about}`, () => {
            assert.deepEqual(listIssueKeys(raw), [key]);
        });
    }

    // `UPDATE_GOLDEN=1 npx mocha -g golden` writes the file.
    it("have the golden messages in tests/golden/messages.txt", () => {
        const messages = ALL_INVALID_SETTINGS.map(
            ({ about, raw }) => `${about}\n    ${listMessages(raw).join("\n    ")}\n`,
        );
        const golden = path.join(__dirname, "../golden/messages.txt");
        if (process.env.UPDATE_GOLDEN) {
            fs.writeFileSync(golden, messages.join(""));
        }
        assert.equal(messages.join(""), fs.readFileSync(golden, "utf8"));
    });

    it("have unique titles in the golden messages", () => {
        const titles = ALL_INVALID_SETTINGS.map(({ about }) => about);
        assert.deepEqual(
            titles.filter((title, index) => titles.indexOf(title) !== index),
            [],
        );
    });

    it("are reported together with violated rules", () => {
        const keys = listIssueKeys({
            colector: {},
            collector: { batch: { minSize: "3Mi" }, queue: { sise: 1 }, replicas: 0 },
            prometheus: { enabled: false },
            jaeger: { enabled: "perhaps" },
        });
        assert.deepEqual(keys.sort(), [
            "colector",
            "collector.batch.minSize",
            "collector.queue.sise",
            "collector.replicas",
            "jaeger.enabled",
        ]);
    });

    it("violate no rule about a value that is invalid itself", () => {
        const keys = listIssueKeys({ collector: { batch: { minSize: "3Mi", maxSize: "lots" } } });
        assert.deepEqual(keys, ["collector.batch.maxSize"]);
    });

    it("cause one issue when a destination and its possible users are invalid", () => {
        const keys = listIssueKeys({
            loki: { enabled: false },
            victoriaLogs: { enabled: false },
            collector: { debugExporter: { enabled: false } },
            destinations: { vendor: { endpoint: "vendor" } },
            clusterTelemetry: { podLogs: { enabled: true } },
        });
        assert.deepEqual(keys, ["destinations.vendor.endpoint"]);
    });

    it("violate no rule about a default that follows from an invalid value", () => {
        const keys = listIssueKeys({
            durability: { mode: "dsik" },
            jaeger: { persistence: { storageClass: "fast" } },
        });
        assert.deepEqual(keys, ["durability.mode"]);
    });

    // A rule whose reads are not recorded would check the default instead of the invalid value.
    for (const { about, raw } of ALL_INVALID_SETTINGS) {
        it(`violate no other rule when another value is invalid too: ${about}`, () => {
            const messages = listMessages(raw);
            for (const leaf of listLeaves(raw)) {
                const key = leaf.join(".");
                const issues = validate(replaceWithInvalid(raw, leaf)).issues ?? [];
                // For a map that is one value, such as labels, the issue is reported for the map.
                const isOwn = (issue: { readonly key: string }): boolean => `${key}.`.startsWith(`${issue.key}.`);
                assert.equal(issues.filter(isOwn).length, 1, key);
                const others = issues.filter((issue) => !isOwn(issue)).map((issue) => `${issue.key} ${issue.message}`);
                assert.deepEqual(
                    others.filter((message) => !messages.includes(message)),
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

/** The same settings with a bigint, which no setting accepts, at a path. */
function replaceWithInvalid(raw: Raw, [head = "", ...tail]: readonly string[]): Raw {
    const child = raw[head];
    return { ...raw, [head]: tail.length > 0 && isRecord(child) ? replaceWithInvalid(child, tail) : 0n };
}
