import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { isRecord, type Raw } from "../../config/types/raw";
import { validate } from "../../config/validate";
import { ROOT } from "../../sandbox/directories";

const PREFIX = "otel-stack:";
/** With its indentation, for one that is part of a list. */
const BLOCK = /^( *)```yaml\n([^]*?)^\1```$/gm;

const documents = [
    "README.md",
    "UPGRADING.md",
    ...fs
        .readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => `docs/${name}`),
];

interface Example {
    readonly where: string;
    readonly settings: Raw;
}

/** The settings in the blocks of a document, whether or not the key above them is written. */
function findExamples(document: string): Example[] {
    const text = fs.readFileSync(path.join(ROOT, document), "utf8");
    return [...text.matchAll(BLOCK)].flatMap(({ 1: indent = "", 2: block = "", index }) => {
        const yaml = block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
        const settings = parseAllDocuments(yaml).flatMap((parsed) => {
            assert.deepEqual(parsed.errors, [], document);
            const content: unknown = parsed.toJS();
            const config = isRecord(content) ? (content.config ?? content) : undefined;
            return isRecord(config) ? Object.entries(config).filter(([key]) => key.startsWith(PREFIX)) : [];
        });
        const where = `${document}:${text.slice(0, index).split("\n").length}`;
        return settings.length === 0
            ? []
            : [
                  {
                      where,
                      settings: Object.fromEntries(settings.map(([key, value]) => [key.slice(PREFIX.length), value])),
                  },
              ];
    });
}

describe("example settings in documents", () => {
    const examples = documents.flatMap(findExamples);

    it("are found", () => {
        assert.ok(examples.length >= 10, `only ${examples.length}`);
    });

    for (const { where, settings } of examples) {
        it(`are valid: ${where}`, () => {
            assert.deepEqual(validate(settings).issues ?? [], []);
        });
    }
});
