import * as z from "zod";
import { description, version } from "../package.json";
import { COMPONENT_TYPE } from "../components/stack/state";
import { stackSettings } from "../config/schema/schema";
import { settingDocs } from "../config/schema/setting";
import { isRecord } from "../config/types/raw";
import { stackOutputs } from "./outputs";

export const PACKAGE_NAME = "otel-stack";
export const PACKAGE_VERSION = version;

const COMPONENT_DESCRIPTION =
    "A complete OpenTelemetry backend: Collectors, Jaeger, Prometheus, a log store and Grafana. Each needs a name and Namespaces of its own.";
/** A value whose parts JSON Schema does not describe. The component validates it. */
const ANY = { $ref: "pulumi.json#/Any" };
/** Schemas that become {@link ANY}: names of nested types of Kubernetes would be too long for files of SDKs. */
const OPAQUE_SCHEMAS = ["affinity"];

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Properties = Readonly<Record<string, PropertySpec>>;

/** Pulumi's package schema, as far as this package uses it: https://www.pulumi.com/docs/iac/using-pulumi/pulumi-packages/schema/ */
type PropertySpec = TypeSpec & { readonly description?: string };

type TypeSpec =
    | { readonly $ref: string }
    | { readonly type: string; readonly items?: TypeSpec; readonly additionalProperties?: TypeSpec };

interface ObjectSpec {
    readonly type: "object";
    readonly description?: string;
    readonly properties: Properties;
    readonly required: readonly string[];
}

interface EnumSpec {
    readonly type: "string";
    readonly description?: string;
    readonly enum: readonly { readonly value: string }[];
}

/**
 * Renders Pulumi's schema of the component, from which `pulumi package add` generates SDKs. The arguments come from the
 * schema of the settings, because Pulumi's analyzer of TypeScript does not read derived types.
 */
export function renderPackageSchema(): string {
    const types = new PackageTypes();
    const inputs = types.convertObject(
        z.toJSONSchema(stackSettings, {
            target: "draft-7",
            io: "input",
            unrepresentable: "any",
            override: ({ zodSchema, jsonSchema }) => {
                describeSetting(zodSchema, jsonSchema);
            },
        }),
        "",
    );
    const outputs = types.convertObject(z.toJSONSchema(stackOutputs, { target: "draft-7" }), "", RESULT);
    const language = Object.fromEntries(
        ["nodejs", "python", "go", "csharp", "java"].map((name) => [name, { respectSchemaVersion: true }]),
    );
    return JSON.stringify({
        name: PACKAGE_NAME,
        version: PACKAGE_VERSION,
        description,
        language,
        resources: {
            [COMPONENT_TYPE]: {
                type: "object",
                isComponent: true,
                description: COMPONENT_DESCRIPTION,
                inputProperties: inputs.properties,
                requiredInputs: inputs.required,
                properties: outputs.properties,
                required: outputs.required,
            },
        },
        types: types.specs,
    });
}

/** Suffix of types of outputs. SDKs for Go have types with the suffix Output for each type. */
const RESULT = "Result";

/** The named types of a package. */
class PackageTypes {
    readonly specs: Record<string, ObjectSpec | EnumSpec> = {};
    /** Schemas that several properties share, by name. */
    #definitions: Readonly<Record<string, JsonSchema>> = {};

    /** Converts the properties of a section. */
    convertObject(schema: JsonSchema, path: string, suffix = ""): ObjectSpec {
        this.#definitions =
            (schema.definitions as Readonly<Record<string, JsonSchema>> | undefined) ?? this.#definitions;
        const properties = Object.entries(schema.properties ?? {}).map(([name, child]): [string, PropertySpec] => {
            const key = path === "" ? name : `${path}.${name}`;
            const property = child as JsonSchema;
            return [
                name,
                {
                    ...this.#convert(property, key, suffix),
                    ...(property.description === undefined ? {} : { description: property.description }),
                },
            ];
        });
        return {
            type: "object",
            properties: Object.fromEntries(properties),
            required: [...(schema.required ?? [])].sort(),
        };
    }

    #convert(schema: JsonSchema, path: string, suffix: string): TypeSpec {
        const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
        if (reference !== undefined) {
            const name = reference.slice(reference.lastIndexOf("/") + 1);
            return OPAQUE_SCHEMAS.includes(name) ? ANY : this.#convert(this.#definitions[name] ?? {}, name, suffix);
        }
        if (schema.properties !== undefined) {
            return this.#addType(path + suffix, () => this.convertObject(schema, path, suffix));
        }
        const values: unknown = schema.enum;
        if (isTextList(values)) {
            return this.#addType(path + suffix, () => ({ type: "string", enum: values.map((value) => ({ value })) }));
        }
        if (schema.type === "array") {
            return { type: "array", items: this.#convertChild(schema.items, path, suffix) };
        }
        if (schema.type === "object") {
            return {
                type: "object",
                additionalProperties: this.#convertChild(schema.additionalProperties, path, suffix),
            };
        }
        return typeof schema.type === "string" ? { type: schema.type } : ANY;
    }

    #convertChild(schema: unknown, path: string, suffix: string): TypeSpec {
        return isRecord(schema) ? this.#convert(schema, singularize(path), suffix) : ANY;
    }

    /** Adds a type under a name that follows its path. Types of shared schemas are added once. */
    #addType(path: string, render: () => ObjectSpec | EnumSpec): TypeSpec {
        const token = `${PACKAGE_NAME}:index:${path.split(".").map(capitalize).join("")}`;
        if (this.specs[token] === undefined) {
            // Before its properties, which may refer to it.
            this.specs[token] = { type: "object", properties: {}, required: [] };
            this.specs[token] = render();
        }
        return { $ref: `#/types/${token}` };
    }
}

/** Replaces the name of the type by the text of the settings reference. Pulumi would send a `default` as if it was set. */
function describeSetting(schema: unknown, json: JsonSchema): void {
    const doc = schema instanceof z.ZodType ? settingDocs.get(schema) : undefined;
    if (doc === undefined) {
        return;
    }
    const fallback =
        doc.whenUnset ?? (schema instanceof z.ZodDefault ? JSON.stringify(schema.def.defaultValue) : undefined);
    json.description = [doc.description, ...(fallback === undefined ? [] : [`Default: ${fallback}.`])].join(" ");
}

function isTextList(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** The name of one entry: that of `destinations` is `destination`. */
function singularize(path: string): string {
    return path.replace(/(?<!s)s$/, "");
}

function capitalize(name: string): string {
    return name.charAt(0).toUpperCase() + name.slice(1);
}
