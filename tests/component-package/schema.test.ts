import assert from "node:assert/strict";
import * as z from "zod";
import { stackOutputs } from "../../component-package/outputs";
import { renderPackageSchema } from "../../component-package/schema";
import { listSettingKeys } from "../../config/schema/setting-keys";
import { stackSettings } from "../../config/schema/schema";
import { isRecord } from "../../config/types/raw";
import { type ProgramOutputs, readStackSettings, renderProgram } from "../../tools/render/program";
import { EVERYTHING } from "../support/everything";

/** Files of SDKs have the names of types. Windows allows 260 characters for a whole path. */
const MAX_TYPE_NAME_LENGTH = 60;

/** Settings with outputs that {@link EVERYTHING} does not have. Of the port-forwards, only those to UIs have a path. */
const WITH_PATH = {
    ...EVERYTHING,
    expose: { ...EVERYTHING.expose, grafana: { host: "grafana.example.com", path: "/grafana" } },
    tailSampling: { enabled: true },
};

interface PropertySpec {
    readonly $ref?: string;
    readonly additionalProperties?: PropertySpec;
    readonly description?: string;
    readonly items?: PropertySpec;
}

interface ObjectSpec {
    readonly enum?: readonly unknown[];
    readonly properties: Readonly<Record<string, PropertySpec>>;
}

const schema = JSON.parse(renderPackageSchema()) as {
    readonly resources: Readonly<
        Record<string, ObjectSpec & { readonly inputProperties: ObjectSpec["properties"]; readonly requiredInputs: [] }>
    >;
    readonly types: Readonly<Record<string, ObjectSpec>>;
};
const component = schema.resources["otel-stack:index:OtelStack"] ?? assert.fail("the schema has no OtelStack");

function findType({ $ref = "" }: PropertySpec): ObjectSpec | undefined {
    return schema.types[$ref.replace("#/types/", "")];
}

/** The property of a setting by its key. */
function findProperty(key: string): PropertySpec | undefined {
    const [first = "", ...rest] = key.split(".");
    return rest.reduce<PropertySpec | undefined>(
        (property, name) =>
            name === "*" ? property?.additionalProperties : property && findType(property)?.properties[name],
        component.inputProperties[first],
    );
}

/** Replaces the password, which Pulumi knows later. */
function resolvePassword({ grafanaAdmin, ...outputs }: ProgramOutputs): object {
    return { ...outputs, ...(grafanaAdmin ? { grafanaAdmin: { ...grafanaAdmin, password: "text" } } : {}) };
}

/** The keys of a value, such as `endpoints.otlp`. */
function listKeys(value: unknown, path = ""): readonly string[] {
    return isRecord(value)
        ? Object.entries(value).flatMap(([name, child]) => [`${path}${name}`, ...listKeys(child, `${path}${name}.`)])
        : [];
}

/** The keys of an output, without those that users name. */
function listSchemaKeys(output: z.ZodType, path = ""): readonly string[] {
    const inner: unknown = output instanceof z.ZodOptional ? output.unwrap() : output;
    return inner instanceof z.ZodObject
        ? Object.entries(inner.shape).flatMap(([name, child]) => [
              `${path}${name}`,
              ...(child instanceof z.ZodType ? listSchemaKeys(child, `${path}${name}.`) : []),
          ])
        : [];
}

describe("schema of the component package", () => {
    it("has each setting with its description, and requires none", () => {
        const keys = listSettingKeys(stackSettings);
        assert.ok(keys.length > 200, String(keys.length));
        assert.deepEqual(
            keys.filter((key) => !findProperty(key)?.description),
            [],
        );
        assert.deepEqual(component.requiredInputs, []);
    });

    it("sends no default, so that the component knows which settings are set", () => {
        assert.doesNotMatch(JSON.stringify(schema), /"default":/);
    });

    it("refers only to types that it has, and uses each of them", () => {
        const references = [...JSON.stringify(schema).matchAll(/"#\/types\/([^"]+)"/g)].map(([, token = ""]) => token);
        assert.deepEqual([...new Set(references)].sort(), Object.keys(schema.types).sort());
    });

    it("has short names of types, and none of them twice in another case", () => {
        const names = Object.keys(schema.types).map((token) => token.replace("otel-stack:index:", ""));
        assert.deepEqual(
            names.filter((name) => name.length > MAX_TYPE_NAME_LENGTH || !/^[A-Z][A-Za-z]+$/.test(name)),
            [],
        );
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
    });

    it("has the values of a setting with few of them", () => {
        const mode = findType(findProperty("durability.mode") ?? {});
        assert.deepEqual(mode?.enum, [{ value: "memory" }, { value: "disk" }]);
    });

    it("describes all outputs of each stack", async () => {
        const settings = [
            ...["dev", "sandbox", "secure"].map((stack) => readStackSettings(stack)),
            EVERYTHING,
            WITH_PATH,
        ];
        const found = new Set<string>();
        for (const each of settings) {
            const outputs = resolvePassword((await renderProgram(each)).program);
            stackOutputs.parse(outputs);
            for (const key of listKeys(outputs)) {
                found.add(key);
            }
        }
        assert.deepEqual(
            listSchemaKeys(stackOutputs).filter(
                (key) => !found.has(key) && (!key.endsWith(".basePath") || key.includes("grafana")),
            ),
            [],
        );
    });
});
