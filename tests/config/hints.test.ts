import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { isPlaintextInStackFile } from "../../config/plaintext-secrets";
import { unwrapDefault } from "../../config/schema/setting";
import { stackSettings } from "../../config/schema/schema";
import { validate } from "../../config/validate";
import { removeDirectory, createTemporaryDirectory } from "../support/fake-commands";
import { getLoadError } from "../support/load-error";
import { nestSetting } from "../support/settings-path";

/** Every key of the schema, groups and settings alike. */
function listKeys(schema: z.ZodType, key: string): string[] {
    const inner = unwrapDefault(schema);
    const children: [string, unknown][] =
        inner instanceof z.ZodObject
            ? Object.entries(inner.shape)
            : inner instanceof z.ZodRecord
              ? [["vendor", inner.valueType]]
              : [];
    const below = children.flatMap(([name, child]) =>
        child instanceof z.ZodType ? listKeys(child, key === "" ? name : `${key}.${name}`) : [],
    );
    return key === "" ? below : [key, ...below];
}

/** What Pulumi's CLI stores for what users type, as JSON or as text. */
const SPELLINGS: readonly unknown[] = [
    ...["02", "-01", "00.5", "010", "1e3", "1_000", "0x10", "0o17", "1.0", ".5", "5.", "+5", "-0", "٣", "１"],
    ...["", " ", "null", "~", "true", "True", "yes", "on", "NaN", "Infinity", "[]", "{}", '"', "{", "\n", "\r\n5"],
    ...["2026-11-01", "2026-11-01 00:00:00 +0000 UTC", "12:30:45", "0.2s", "1.3Gi", "600MB", "1y", "__proto__"],
    ...[null, true, false, 0, -0, 2, 0.5, 1e308, 1.2345678901234567e19, [], [null], [[]], [{}], {}, { "": null }],
    ...[{ a: null }, { a: { b: 1 } }, { secure: "v1:abc" }, [1, "02", { a: true }], { constructor: 1 }],
    JSON.parse('{"__proto__": {"a": 1}}') as unknown,
];

describe("settings stored by Pulumi's CLI", () => {
    for (const key of listKeys(stackSettings, "")) {
        it(`throw no exception for ${key}, and every issue has a key`, () => {
            for (const value of SPELLINGS) {
                const { issues = [] } = validate(nestSetting(key, value));
                for (const issue of issues) {
                    assert.ok(issue.key !== "" && issue.message !== "", `${key}: ${JSON.stringify(value)}`);
                }
            }
        });
    }

    for (const [key, value, expected] of [
        [
            "collector.replicas",
            "02",
            'integer from 1 to 10 (got "02"); leading zeros are not allowed: `pulumi config set --path otel-stack:collector.replicas 2`',
        ],
        [
            "collector.batch.flushTimeout",
            "0.2s",
            "fractions are not allowed: `pulumi config set --path otel-stack:collector.batch.flushTimeout 200ms`",
        ],
        ["collector.batch.flushTimeout", "1.5m", "otel-stack:collector.batch.flushTimeout 90s`"],
        [
            "prometheus.retention",
            "1y",
            "the units are w, d, h, m, s and ms, and a year is 365d: `pulumi config set --path otel-stack:prometheus.retention 365d`",
        ],
        [
            "loki.volumeSize",
            "1.3Gi",
            "it is not a whole number of bytes: `pulumi config set --path otel-stack:loki.volumeSize 1332Mi`",
        ],
        [
            "loki.volumeSize",
            "600MB",
            "write the unit MB as M: `pulumi config set --path otel-stack:loki.volumeSize 600M`",
        ],
        ["loki.volumeSize", "2gi", "write the unit gi as Gi: "],
        ["loki.volumeSize", "2 Gi", "spaces are not allowed: "],
        [
            "images.registry",
            "https://Mirror.example.com/hub/",
            "write only the host and the path: `pulumi config set --path otel-stack:images.registry mirror.example.com/hub`",
        ],
        ["prometheus.retention", "30 days", "otel-stack:prometheus.retention 30d`"],
        ["prometheus.retention", "15D", "otel-stack:prometheus.retention 15d`"],
        ["prometheus.retention", "2 weeks", "otel-stack:prometheus.retention 2w`"],
        [
            "prometheus.retention",
            "3 months",
            "and a month is 30d: `pulumi config set --path otel-stack:prometheus.retention 90d`",
        ],
        ["prometheus.retention", "2years", "otel-stack:prometheus.retention 730d`"],
        ["prometheus.retention", "1M", "the units are w, d, h, m, s and ms"],
        ["prometheus.retention", 15, "the unit is missing; the units are w, d, h, m, s and ms"],
        ["collector.batch.flushTimeout", "5sec", "otel-stack:collector.batch.flushTimeout 5s`"],
        ["collector.batch.flushTimeout", "2mins", "otel-stack:collector.batch.flushTimeout 2m`"],
        ["collector.batch.flushTimeout", "500 ms", "otel-stack:collector.batch.flushTimeout 500ms`"],
        ["collector.batch.flushTimeout", "PT5S", "the units are w, d, h, m, s and ms"],
        ["grafana.enabled", "yes", "write true or false: `pulumi config set --path otel-stack:grafana.enabled true`"],
        ["grafana.enabled", "off", "otel-stack:grafana.enabled false`"],
        ["grafana.enabled", "False", "otel-stack:grafana.enabled false`"],
        ["grafana.enabled", 0, "otel-stack:grafana.enabled false`"],
        ["images.pullPolicy", "if-not-present", "otel-stack:images.pullPolicy IfNotPresent`"],
        ["durability.mode", "Disk", "otel-stack:durability.mode disk`"],
        ["collector.resources.limits.memory", 268435456, "otel-stack:collector.resources.limits.memory 256Mi`"],
        [
            "collector.resources.limits.memory",
            "256",
            "the unit is missing; the units are Ki, Mi, Gi and Ti, or k, M, G and T",
        ],
        ["collector.resources.limits.cpu", "500M", "otel-stack:collector.resources.limits.cpu 500m`"],
        ["collector.resources.limits.cpu", "0.5 cores", "otel-stack:collector.resources.limits.cpu 0.5`"],
        ["collector.resources.limits.cpu", "50%", "write a number of cores, not a percentage"],
        ["nodeSelector", {}, "did you mean pods.nodeSelector?"],
        ["collector.tolerations", [], "did you mean collector.pods.tolerations?"],
        ["jaeger.podAnnotations", {}, "did you mean jaeger.pods.annotations?"],
        ["traceTier.image", "a:1", "did you mean images.collector?"],
        ["imagePullSecrets", [], "did you mean images.pullSecrets?"],
        ["images.registry", "mirror", "a name without a dot or a port would be a repository on Docker Hub"],
        ["images.loki", null, "it is empty; to use the default, run `pulumi config rm --path otel-stack:images.loki`"],
        [
            "expose.grafana.host",
            "example.com/grafana",
            "the path is a separate setting: `pulumi config set --path otel-stack:expose.grafana.host example.com` and `pulumi config set --path otel-stack:expose.grafana.path /grafana`",
        ],
        ["expose.otlp.httpHost", "example.com/otlp", "only UIs can have a path"],
        ["collector.replicas", "2026-11-01", "YAML reads this value as a date"],
        [
            "destinations.vendor.headers",
            { "x-account": 42, "x-ok": "a" },
            "x-account is a number, not a string: quote it, or run `pulumi config set --path --type string 'otel-stack:destinations.vendor.headers[\"x-account\"]' TEXT`",
        ],
        ["destinations.vendor.headers", { date: "2026-11-01 00:00:00 +0000 UTC" }, "date is a date, not a string: "],
        ["expose.annotations", { "example.com/on": true }, "example.com/on is a boolean, not a string: "],
        [
            "networkPolicies.allowOtlpFrom",
            [{ a: "b" }, { team: 7 }],
            "'otel-stack:networkPolicies.allowOtlpFrom[1].team' TEXT`",
        ],
    ] as const) {
        it(`hint how to write ${JSON.stringify(value)} for ${key}`, async () => {
            const message = await getLoadError(nestSetting(key, value));
            assert.ok(message.includes(expected), message);
        });
    }

    it("hint at a missing --path", async () => {
        assert.match(
            await getLoadError({ "grafana.enabled": false }),
            /grafana\.enabled is not a setting: `--path` was missing when it was set; run `pulumi config rm otel-stack:grafana\.enabled`, then `pulumi config set --path otel-stack:grafana\.enabled false`/,
        );
    });

    it("hint at a missing --path of an entry of a list, with a command for a shell", async () => {
        const message = await getLoadError({ "pods.tolerations[0].key": "dedicated" });
        assert.ok(
            message.includes("`pulumi config set --path 'otel-stack:pods.tolerations[0].key' dedicated`"),
            message,
        );
        assert.match(message, /`--path` was missing/);
    });

    it("treat an empty section as unset", () => {
        assert.deepEqual(validate({ collector: null, jaeger: { resources: null }, destinations: "" }), validate({}));
    });

    it("accept an image by digest alone", () => {
        const image = `grafana/loki@sha256:${"0".repeat(64)}`;
        assert.equal(validate({ images: { loki: image } }).settings?.images.loki, image);
    });
});

describe("secrets in messages", () => {
    it("do not hide issues of other settings when a header is encrypted", async () => {
        const raw = {
            destinations: {
                vendor: { endpoint: "http://a.example", secretHeaders: { token: "s3cret" }, onQueueFull: "reject" },
            },
            tailSampling: { enabled: true },
            jaeger: { enabled: false },
        };
        const open = await getLoadError(raw);
        const message = await getLoadError(raw, ["destinations"]);
        assert.doesNotMatch(message, /is not compatible|s3cret|a\.example/);
        assert.equal(message.split("\n").length, open.split("\n").length);
    });

    it("are not quoted in hints about secret headers", async () => {
        const raw = { destinations: { vendor: { endpoint: "https://a.example", secretHeaders: { token: 4711 } } } };
        const message = await getLoadError(raw);
        assert.match(
            message,
            /token is a number, not a string: .*--secret 'otel-stack:destinations\.vendor\.secretHeaders\.token' TEXT/,
        );
        assert.doesNotMatch(message, /4711/);
    });

    for (const [title, key, secretKeys] of [
        ["is meant to be secret", "azureMonitor.connectionString", []],
        ["was encrypted", "grafana.enabled", ["grafana.enabled"]],
    ] as const) {
        it(`are not quoted when the key ${title} and was set without --path`, async () => {
            const message = await getLoadError({ [key]: "s3cret" }, secretKeys);
            assert.doesNotMatch(message, /s3cret/);
            assert.ok(message.endsWith(`\`pulumi config set --secret --path otel-stack:${key} VALUE\``), message);
        });
    }

    it("are recognised in the stack file one by one", () => {
        const work = createTemporaryDirectory();
        try {
            fs.writeFileSync(
                path.join(work, "Pulumi.mine.yaml"),
                "config:\n  p:d: { a: { token: { secure: v1:x } }, b: { token: open } }\n  p:e: { secure: v1:y }\n",
            );
            assert.equal(isPlaintextInStackFile("mine", "p:d.a.token", work), false);
            assert.equal(isPlaintextInStackFile("mine", "p:d.b.token", work), true);
            assert.equal(isPlaintextInStackFile("mine", "p:e.a.token", work), false);
            assert.equal(isPlaintextInStackFile("mine", "p:f", work), undefined);
            assert.equal(isPlaintextInStackFile("other", "p:d.b.token", work), undefined);
        } finally {
            removeDirectory(work);
        }
    });
});
