import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { parseSections } from "../../tools/docs/markdown";

const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g;
const HEADING = /^#{1,6} (.+)$/;

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");
const isMarkdown = (name: string): boolean => name.endsWith(".md");

const documents = [
    ...fs.readdirSync(ROOT).filter(isMarkdown),
    ...fs
        .readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
        .filter(isMarkdown)
        .map((name) => path.join("docs", name)),
];

/** The document without its blocks and the spans of code, whose brackets are no links. */
function prose(markdown: string): string {
    const blocks = parseSections(markdown).flatMap(({ fences }) => fences.map(({ code }) => code));
    return blocks.reduce((text, code) => text.replace(code, ""), markdown).replaceAll(/`[^`\n]*`/g, "");
}

/** The anchors of the headings, as GitHub makes them. */
function anchors(markdown: string): string[] {
    const blocks = parseSections(markdown).flatMap(({ fences }) => fences.map(({ code }) => code));
    const text = blocks.reduce((rest, code) => rest.replace(code, ""), markdown);
    return text.split("\n").flatMap((line) => {
        const [, heading] = HEADING.exec(line) ?? [];
        return heading === undefined
            ? []
            : [
                  heading
                      .toLowerCase()
                      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
                      .trim()
                      .replaceAll(/\s/g, "-"),
              ];
    });
}

describe("document links", () => {
    for (const file of documents) {
        it(`in ${file} lead to existing files and headings`, () => {
            const broken = [...prose(read(file)).matchAll(LINK)].flatMap(([link, to = "", anchor]) => {
                const target = to === "" ? file : path.join(path.dirname(file), to);
                if (!fs.existsSync(path.join(ROOT, target))) {
                    return [link];
                }
                return anchor === undefined || !isMarkdown(target) || anchors(read(target)).includes(anchor)
                    ? []
                    : [link];
            });
            assert.deepEqual(broken, []);
        });
    }

    it("from the index reach every document", () => {
        const index = read("docs/README.md");
        const missing = documents
            .filter((file) => /^docs\/(?!README\.md|decisions\/\d)/.test(file))
            .filter((file) => !index.includes(`](${path.relative("docs", file)})`));
        assert.deepEqual(missing, []);
    });
});
