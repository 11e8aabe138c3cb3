import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { withoutDefault } from "../config/problems";
import { stackSettings } from "../config/schema";
import { settingDocs } from "../config/setting";
import { sizesReference } from "./sizes-doc";

const FILE = path.resolve(__dirname, "../docs/reference/settings.md");

const INTRODUCTION = `<!-- Made from config/schema.ts by \`node -r ts-node/register/transpile-only tools/settings-doc.ts\`; do not edit. -->

# Settings

Every setting of a stack, as it stands in \`Pulumi.<stack>.yaml\` under \`otel-stack:\`, or as one sets it by
\`pulumi config set --path otel-stack:collector.batch.timeout 2s\`. All are optional. A key that is not listed here, a
value of another type and settings that do not fit each other stop the preview, all problems at once.

A size is a Kubernetes quantity (\`256Mi\`, \`1.5G\`); a duration has units (\`500ms\`, \`1m30s\`, \`7d\`).
`;

/** One setting, as a row of the reference says it. */
interface Row {
    readonly key: string;
    readonly type: string;
    readonly default: string;
    readonly meaning: string;
    readonly why: string;
}

/** The reference of all settings, as Markdown: one table for each top-level key, and one of the sizes. */
export function settingsReference(): string {
    const tables = Object.entries(stackSettings.shape).map(([name, schema]) => {
        const rows = rowsOf(name, schema).map(
            (row) => `| \`${row.key}\` | ${row.type} | ${row.default} | ${row.meaning} | ${row.why} |\n`,
        );
        return `\n## ${name}\n\n| key | type | default | meaning | why that default |\n| --- | --- | --- | --- | --- |\n${rows.join("")}`;
    });
    return INTRODUCTION + tables.join("") + sizesReference();
}

/** Throws for a setting that nobody has documented. */
function rowsOf(key: string, schema: z.ZodType): Row[] {
    const inner = withoutDefault(schema);
    if (inner instanceof z.ZodObject) {
        return Object.entries(inner.shape).flatMap(([name, child]) =>
            child instanceof z.ZodType ? rowsOf(`${key}.${name}`, child) : [],
        );
    }
    if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodType) {
        return rowsOf(`${key}.<name>`, inner.valueType);
    }
    const doc = settingDocs.get(schema);
    if (doc === undefined || inner.description === undefined) {
        throw new Error(`config/ says nothing about ${key}`);
    }
    const fixed = schema instanceof z.ZodDefault ? `\`${textOf(schema.def.defaultValue)}\`` : (doc.otherwise ?? "");
    return [{ key, type: inner.description, default: fixed, meaning: doc.meaning, why: doc.why }];
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

if (require.main === module) {
    fs.writeFileSync(FILE, settingsReference());
}
