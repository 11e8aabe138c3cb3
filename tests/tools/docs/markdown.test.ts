import assert from "node:assert/strict";
import { parseSections } from "../../../tools/docs/markdown";

describe("sectionsOf", () => {
    const fenced = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\``;

    it("cuts at headings of the second level alone", () => {
        const sections = parseSections("# Title\n\nBefore.\n\n## One\n\n### Deeper\n\n## Two\nEnd.\n");
        assert.deepEqual(
            sections.map(({ title, text }) => [title, text]),
            [
                ["", "# Title\n\nBefore.\n"],
                ["One", "## One\n\n### Deeper\n"],
                ["Two", "## Two\nEnd.\n"],
            ],
        );
    });

    it("finds the blocks of each section, with the line on which they open", () => {
        const [, one] = parseSections(`## One\n\n${fenced("sh", "a\n\nb")}\nBetween.\n${fenced("sh repeat", "c")}`);
        assert.deepEqual(one?.fences, [
            { info: "sh", code: "a\n\nb", line: 3 },
            { info: "sh repeat", code: "c", line: 9 },
        ]);
    });

    it("takes nothing within a block for a heading", () => {
        const sections = parseSections(`## One\n${fenced("sh", "## a comment")}\n## Two`);
        assert.deepEqual(
            sections.map(({ title }) => title),
            ["", "One", "Two"],
        );
    });
});
