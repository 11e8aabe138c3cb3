import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { isRecord, type Raw } from "../../../config/types/raw";
import { ROOT } from "../../../sandbox/directories";
import { renderStackFileSchema, STACK_FILE_SCHEMA } from "../../../tools/docs/stack-file-schema";
import { unknownKeys } from "../../config/invalid-settings/keys";
import { EVERYTHING } from "../../support/everything";
import { listOtherValues, nestValue } from "../../support/setting-values";

const schema = renderStackFileSchema();
const validate = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(JSON.parse(schema) as object);

/** What is wrong in a stack file, by its path. */
function findErrors(file: unknown): readonly string[] {
    validate(file);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

function renderStackFile(settings: Raw): object {
    return { config: Object.fromEntries(Object.entries(settings).map(([key, value]) => [`otel-stack:${key}`, value])) };
}

/** Keys of all settings, but not of sections, with the name `vendor` for each entry of a map, from the settings reference. */
function listKeys(): readonly string[] {
    const reference = fs.readFileSync(path.join(ROOT, "docs/reference/settings.md"), "utf8");
    return [...reference.matchAll(/^#{2,3} `?([a-z][a-zA-Z.<>]*)`?\n\n(?!#)/gm)].map(([, key = ""]) =>
        key.replace("<name>", "vendor"),
    );
}

describe(STACK_FILE_SCHEMA, () => {
    it("is up to date with the settings (tools/docs/stack-file-schema.ts writes it)", () => {
        assert.equal(fs.readFileSync(path.join(ROOT, STACK_FILE_SCHEMA), "utf8"), schema);
    });

    const stackFiles = fs.readdirSync(ROOT).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
    for (const name of stackFiles) {
        it(`is named by the first line of ${name}, and accepts it`, () => {
            const text = fs.readFileSync(path.join(ROOT, name), "utf8");
            assert.match(text, new RegExp(`^# yaml-language-server: \\$schema=${STACK_FILE_SCHEMA}\\n`));
            assert.deepEqual(findErrors(parse(text)), []);
        });
    }

    it("accepts settings of all kinds", () => {
        assert.deepEqual(findErrors(renderStackFile(EVERYTHING)), []);
    });

    it("accepts other values of each setting", () => {
        let count = 0;
        for (const key of listKeys()) {
            for (const value of listOtherValues(key, undefined)) {
                count += 1;
                assert.deepEqual(findErrors(renderStackFile(nestValue({}, key, value))), [], key);
            }
        }
        assert.ok(count > 200, String(count));
    });

    for (const [about, settings] of [
        [
            "numbers and booleans as text",
            { "otel-stack:collector": { replicas: "2", debugExporter: { enabled: "false" } } },
        ],
        ["a number for a CPU quantity", { "otel-stack:collector": { resources: { limits: { cpu: 1 } } } }],
        ["an encrypted value", { "otel-stack:azureMonitor": { connectionString: { secure: "v1:text" } } }],
        ["keys without the project's name", { rolloutTimeout: "1m" }],
        ["settings of other packages", { "kubernetes:context": "kind" }],
    ] as const) {
        it(`accepts ${about}`, () => {
            assert.deepEqual(findErrors({ config: settings }), []);
        });
    }

    for (const { about, raw } of unknownKeys) {
        it(`rejects ${about}`, () => {
            assert.notDeepEqual(findErrors(renderStackFile(raw)), []);
        });
    }

    for (const [about, settings] of [
        ["text that is no number", { collector: { replicas: "two" } }],
        ["a number above the maximum", { collector: { replicas: 1000 } }],
        ["a value that is not among the allowed ones", { durability: { mode: "disc" } }],
        ["a list in place of text", { rolloutTimeout: ["1m"] }],
        ["text in place of a list", { allowDataLoss: "jaeger" }],
        ["another name in a list of names", { allowDataLoss: ["jeager"] }],
        ["text in place of a section", { grafana: "off" }],
    ] as const) {
        it(`rejects ${about}`, () => {
            assert.notDeepEqual(findErrors(renderStackFile(settings)), []);
        });
    }

    it("describes each setting, with its default", () => {
        const { definitions } = JSON.parse(schema) as { readonly definitions: { readonly settings: Raw } };
        const collector = definitions.settings.collector;
        const replicas =
            isRecord(collector) && isRecord(collector.properties) ? collector.properties.replicas : undefined;
        assert.ok(isRecord(replicas));
        assert.match(String(replicas.description), /^Number of .+\n\nType: integer, 1 to 10\./);
        assert.equal(replicas.default, 1);
    });
});
