import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { renderStackChart } from "../../../tools/helm/chart";
import { renderManifests } from "../../../tools/render/manifests";
import { PLACEHOLDERS, overrideNamespace, renderProgram, readStackSettings } from "../../../tools/render/program";
import { renderConfigFiles } from "../../../tools/render/config-files";
import { renderOutputs } from "../../../tools/verify/rendered-stack";
import { getRejectionMessage, removeDirectory, createTemporaryDirectory } from "../../support/fake-commands";

describe("readStackSettings", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    const read = (content: string): ReturnType<typeof readStackSettings> => {
        fs.writeFileSync(path.join(work, "Pulumi.mine.yaml"), content);
        return readStackSettings("mine", work);
    };

    it("ignores keys of other projects", () => {
        const settings = read("config:\n  kubernetes:context: kind\n  otel-stack:rolloutTimeout: 5m\n");
        assert.deepEqual(settings, { rolloutTimeout: "5m" });
    });

    it("accepts an empty file", () => {
        assert.deepEqual(read(""), {});
    });

    it("reports a missing file by name", () => {
        assert.throws(() => readStackSettings("other", work), /stack other does not exist: .*Pulumi\.other\.yaml/);
    });

    it("reports file, line and nearest key of invalid YAML", () => {
        assert.throws(() => read("config:\n  otel-stack:jaeger:\n    enabled: true\n      volumeSize: 5Gi\n"), {
            message:
                "Pulumi.mine.yaml:3, near key config.otel-stack:jaeger.enabled: Nested mappings are not allowed in compact mappings",
        });
    });

    for (const [where, content] of [
        ["rolloutTimeout", "rolloutTimeout: { secure: v1:abc }"],
        ["images.collector", "images: { collector: { secure: v1:abc } }"],
        ["networkPolicies.allowUiFrom[0].team", "networkPolicies: { allowUiFrom: [{ team: { secure: v1:abc } }] }"],
        ["destinations.a.headers.tenant", "destinations: { a: { headers: { tenant: { secure: v1:abc } } } }"],
        ["destinations.a.secretHeaders", "destinations: { a: { secretHeaders: { secure: v1:abc } } }"],
    ] as const) {
        it(`rejects an encrypted ${where}`, () => {
            assert.throws(
                () => read(`config:\n  otel-stack:${content}\n`),
                (error: Error) => error.message.startsWith(`otel-stack:${where} is encrypted in Pulumi.mine.yaml`),
            );
        });
    }

    describe("with encrypted values of Secrets", () => {
        const SECRETS = {
            "otel-collector-azure-monitor-secrets-1": "connectionString",
            "otel-collector-vendor-secrets-1": "authorization",
        };
        const content = (endpoint: string): string => `config:
  otel-stack:azureMonitor: { enabled: true, connectionString: { secure: v1:abc } }
  otel-stack:destinations:
    vendor: { endpoint: "${endpoint}", secretHeaders: { authorization: { secure: v1:def } } }
`;
        const mine = (): ReturnType<typeof read> => read(content("https://otlp.vendor.example"));

        it("renders without the values or their placeholders", async () => {
            const settings = mine();
            const { program, recorder } = await renderProgram(settings, "mine");
            for (const [name, key] of Object.entries(SECRETS)) {
                assert.deepEqual(recorder.manifest("Secret", name).stringData, { [key]: PLACEHOLDERS.text });
            }
            const open = recorder.manifests.filter(({ kind }) => kind !== "Secret");
            const shown = {
                program,
                open,
                manifests: await renderManifests(settings, "mine"),
                chart: await renderStackChart("mine", settings, "1.2.3"),
                files: await renderConfigFiles(settings, "mine"),
                verify: await renderOutputs("mine", settings, "team"),
            };
            assert.match(
                shown.manifests,
                /# Secret otel-collector-vendor-secrets-1: .*\n.*\n.*\n# {3}keys: authorization\n/,
            );
            assert.match(shown.files.collector ?? "", /DESTINATION__VENDOR__AUTHORIZATION/);
            assert.match(shown.chart.files["values.yaml"] ?? "", /otelCollectorAzureMonitorSecrets: /);
            for (const [what, text] of Object.entries(shown)) {
                assert.doesNotMatch(JSON.stringify(text), new RegExp(`${PLACEHOLDERS.text}|v1:(?:abc|def)`), what);
            }
        });

        it("neither warns about nor quotes them", async () => {
            const said: string[] = [];
            const { warn } = console;
            console.warn = (line: string) => said.push(line);
            try {
                await renderProgram(mine(), "mine");
                said.push(
                    await getRejectionMessage(renderProgram(read(content("http://otlp.vendor.example")), "mine")),
                );
            } finally {
                console.warn = warn;
            }
            assert.match(said.join(), /destinations\.vendor\.secretHeaders requires an https:/);
            assert.doesNotMatch(said.join(), new RegExp(`not encrypted|${PLACEHOLDERS.text}`));
        });
    });

    it("supports another Namespace", () => {
        const settings = { namespace: { name: "ours", create: false }, rolloutTimeout: "5m" };
        assert.deepEqual(overrideNamespace(settings, "theirs"), {
            ...settings,
            namespace: { name: "theirs", create: false },
        });
        assert.deepEqual(overrideNamespace({}, "theirs"), { namespace: { name: "theirs" } });
        assert.equal(overrideNamespace(settings, undefined), settings);
    });

    it("names the stack in validation errors", async () => {
        const message = await getRejectionMessage(renderProgram({ collector: { replicas: 0 } }, "mine"));
        assert.match(message, /^The settings of stack mine have 1 error:/);
    });
});
