import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { unwrapDefault } from "../../config/issues";
import { stackSettings } from "../../config/schema/schema";
import { settingDocs } from "../../config/schema/setting";
import { renderSizesReference } from "./sizes-reference";

const FILE = path.resolve(__dirname, "../../docs/reference/settings.md");

const INTRODUCTION = `<!-- Generated from config/schema/schema.ts by \`node -r ts-node/register/transpile-only tools/docs/settings-reference.ts\`; do not edit. -->

# Settings

Set these keys in \`Pulumi.<stack>.yaml\` under \`otel-stack:\`, or with
\`pulumi config set --path otel-stack:collector.batch.flushTimeout 2s\`. All settings are optional. \`pulumi preview\`
rejects unknown keys, values of another type and conflicting settings, and reports all issues at once.

A size is a Kubernetes quantity (\`256Mi\`, \`1.5G\`). A duration has units (\`500ms\`, \`1m30s\`, \`7d\`).
`;

/** A table row of the reference: one setting. */
interface Row {
    readonly key: string;
    readonly type: string;
    readonly default: string;
    readonly description: string;
    readonly rationale: string;
}

/** Renders the settings reference as Markdown: one table for each top-level key, and one for the sizes. */
export function renderSettingsReference(): string {
    const tables = Object.entries(stackSettings.shape).map(([name, schema]) => {
        const rows = resolveRows(name, schema).map(
            (row) => `| \`${row.key}\` | ${row.type} | ${row.default} | ${row.description} | ${row.rationale} |\n`,
        );
        return `\n## ${name}\n\n| key | type | default | description | reason for the default |\n| --- | --- | --- | --- | --- |\n${rows.join("")}`;
    });
    return INTRODUCTION + tables.join("") + renderSizesReference();
}

/** @throws when a setting has no documentation. */
function resolveRows(key: string, schema: z.ZodType): Row[] {
    const inner = unwrapDefault(schema);
    if (inner instanceof z.ZodObject) {
        return Object.entries(inner.shape).flatMap(([name, child]) =>
            child instanceof z.ZodType ? resolveRows(`${key}.${name}`, child) : [],
        );
    }
    if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodType) {
        return resolveRows(`${key}.<name>`, inner.valueType);
    }
    const doc = settingDocs.get(schema);
    if (doc === undefined || inner.description === undefined) {
        throw new Error(`setting ${key} has no documentation in config/schema`);
    }
    const fixed =
        schema instanceof z.ZodDefault ? `\`${formatDefault(schema.def.defaultValue)}\`` : (doc.whenUnset ?? "");
    return [{ key, type: inner.description, default: fixed, description: doc.description, rationale: doc.rationale }];
}

function formatDefault(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

if (require.main === module) {
    fs.writeFileSync(FILE, renderSettingsReference());
}
