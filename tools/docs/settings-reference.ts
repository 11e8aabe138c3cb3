import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { unwrapDefault } from "../../config/schema/setting";
import { stackSettings } from "../../config/schema/schema";
import { settingDocs } from "../../config/schema/setting";
import { formatParagraph } from "./markdown";
import { renderSizesReference } from "./sizes-reference";

const FILE = path.resolve(__dirname, "../../docs/reference/settings.md");

const INTRODUCTION = `<!-- Generated from config/schema/ by tools/docs/settings-reference.ts; do not edit. To update it:
     node -r ts-node/register/transpile-only tools/docs/settings-reference.ts -->

# Settings

Set these keys in \`Pulumi.<stack>.yaml\` with the prefix \`otel-stack:\`, or from the command line:

\`\`\`sh
pulumi config set --path otel-stack:collector.batch.flushTimeout 2s
\`\`\`

All settings are optional. \`pulumi preview\` rejects unknown keys, values of another type, conflicting settings and
settings without effect, such as \`shop.errorRate\` without \`shop.enabled\`. It reports all errors at once. \`images\`,
\`networkPolicies.dns\` and \`networkPolicies.apiServerPort\` may be set while nothing uses them.

With this first line, an editor that uses the YAML language server (such as VS Code with the extension YAML) completes and
checks the keys of a stack file, and shows these descriptions. The stack files of the repository have it:

\`\`\`yaml
# yaml-language-server: $schema=schemas/stack-file.json
\`\`\`

A size is a Kubernetes quantity (\`256Mi\`, \`1.5G\`). A duration has a unit (\`500ms\`, \`1m30s\`, \`7d\`).
`;

/** A setting as an entry of the reference. */
interface Entry {
    readonly key: string;
    readonly type: string;
    readonly default: string;
    readonly description: string;
}

/** Renders the settings reference as Markdown: a section for each top-level key, an entry for each setting, the sizes. */
export function renderSettingsReference(): string {
    const sections = Object.entries(stackSettings.shape).map(([name, schema]) => {
        const entries = collectEntries(name, schema).map(
            (entry) => (entry.key === name ? "" : `\n### ${renderHeading(entry.key)}\n`) + renderEntry(entry),
        );
        return `\n## ${name}\n${entries.join("")}`;
    });
    const links = Object.keys(stackSettings.shape).map((name) => `[${name}](#${name.toLowerCase()})`);
    return `${INTRODUCTION}\n${formatParagraph(`Sections: ${links.join(", ")}.`)}\n${sections.join("")}${renderSizesReference()}`;
}

/** GitHub reads \`<name>\` as HTML unless it is code. */
function renderHeading(key: string): string {
    return key.includes("<") ? `\`${key}\`` : key;
}

function renderEntry({ default: fallback, description, type }: Entry): string {
    return `\n${formatParagraph(description)}\n\n${formatParagraph(`- Type: ${type}`)}\n${formatParagraph(`- Default: ${fallback}`)}\n`;
}

/** @throws when a setting has no description. */
function collectEntries(key: string, schema: z.ZodType): Entry[] {
    const inner = unwrapDefault(schema);
    const doc = settingDocs.get(schema);
    if (doc === undefined && inner instanceof z.ZodObject) {
        return Object.entries(inner.shape).flatMap(([name, child]) =>
            child instanceof z.ZodType ? collectEntries(`${key}.${name}`, child) : [],
        );
    }
    if (inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodType) {
        return collectEntries(`${key}.<name>`, inner.valueType);
    }
    if (doc === undefined || inner.description === undefined) {
        throw new Error(`${key} has no description: declare it with setting() in config/schema/`);
    }
    const fallback =
        schema instanceof z.ZodDefault ? `\`${formatDefault(schema.def.defaultValue)}\`` : (doc.whenUnset ?? "none");
    return [
        {
            key,
            type: inner.description,
            default: doc.rationale === undefined ? fallback : `${fallback}. ${doc.rationale}`,
            description: doc.description,
        },
    ];
}

function formatDefault(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

if (require.main === module) {
    fs.writeFileSync(FILE, renderSettingsReference());
}
