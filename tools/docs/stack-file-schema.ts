import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { stackSettings } from "../../config/schema/schema";
import { settingDocs, unwrapDefault } from "../../config/schema/setting";

/** Editors find it by the first line of a stack file. */
export const STACK_FILE_SCHEMA = "schemas/stack-file.json";

const PROJECT_NAME = "otel-stack";
const FILE = path.resolve(__dirname, "../..", STACK_FILE_SCHEMA);

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What `pulumi config set --secret` writes, which any setting may be. */
const SECURE: JsonSchema = {
    description: "A value that Pulumi has encrypted.",
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
    additionalProperties: false,
};

/**
 * Renders the JSON Schema of a stack file, `Pulumi.<stack>.yaml`, for completion and checks in an editor. It accepts all
 * that the program accepts, and less than that only for keys that do not exist. `pulumi preview` checks the rest, such as
 * conflicts of settings.
 */
export function renderStackFileSchema(): string {
    const { definitions = {}, properties = {} } = z.toJSONSchema(stackSettings, {
        target: "draft-7",
        io: "input",
        unrepresentable: "any",
        override: ({ zodSchema, jsonSchema }) => {
            acceptText(jsonSchema);
            describe(zodSchema, jsonSchema);
        },
    });
    // Pulumi also reads keys without the project's name.
    const keys = Object.keys(properties).flatMap((key): [string, object][] => {
        const reference = { $ref: `#/definitions/settings/${key}` };
        return [
            [`${PROJECT_NAME}:${key}`, reference],
            [key, reference],
        ];
    });
    const schema = {
        $schema: "http://json-schema.org/draft-07/schema#",
        title: `Stack file of ${PROJECT_NAME}`,
        type: "object",
        properties: {
            config: {
                description: "Settings of the stack. docs/reference/settings.md describes them.",
                type: "object",
                properties: Object.fromEntries(keys),
                // Other packages have settings too, such as kubernetes:context.
                patternProperties: { [`^(?!${PROJECT_NAME}:)[^:]+:.`]: true },
                additionalProperties: false,
            },
        },
        definitions: { ...(definitions as Readonly<Record<string, object>>), secure: SECURE, settings: properties },
    };
    return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Adds the text that `pulumi config set` stores for a number or a boolean, and the numbers that YAML reads from text. */
function acceptText(schema: JsonSchema): void {
    if (schema.type === "boolean") {
        schema.enum = [true, false, "true", "false"];
        delete schema.type;
    } else if (schema.type === "integer" || schema.type === "number") {
        schema.type = [schema.type, "string"] as never;
        schema.pattern = "^\\s*-?[0-9.]+\\s*$";
    } else if (schema.type === "string" && schema.enum === undefined) {
        schema.type = ["string", "number"] as never;
    }
}

/** Replaces the name of the type by the description of the setting, and accepts an encrypted value. */
function describe(schema: unknown, json: JsonSchema): void {
    const doc = schema instanceof z.ZodType ? settingDocs.get(schema) : undefined;
    if (doc === undefined) {
        return;
    }
    const type =
        json.description ?? (schema instanceof z.ZodType ? unwrapDefault(schema).description : undefined) ?? "any";
    const value = { ...json };
    delete value.description;
    delete value.default;
    for (const key of Object.keys(json)) {
        Reflect.deleteProperty(json, key);
    }
    const notes = [
        `Type: ${type}.`,
        ...(doc.whenUnset === undefined ? [] : [`Default: ${doc.whenUnset}.`]),
        ...(doc.rationale === undefined ? [] : [doc.rationale]),
    ];
    json.description = [doc.description, ...notes].join("\n\n");
    if (schema instanceof z.ZodDefault) {
        json.default = schema.def.defaultValue;
    }
    json.anyOf = [value, { $ref: "#/definitions/secure" }];
}

if (require.main === module) {
    fs.mkdirSync(path.dirname(FILE), { recursive: true });
    fs.writeFileSync(FILE, renderStackFileSchema());
}
