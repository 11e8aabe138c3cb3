import assert from "node:assert/strict";
import { parseSections } from "../../../tools/docs/markdown";

describe("parseSections", () => {
    const fenced = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\``;

    it("splits at second-level headings", () => {
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

    it("returns the code blocks of each section with their first line", () => {
        const [, one] = parseSections(`## One\n\n${fenced("sh", "a\n\nb")}\nBetween.\n${fenced("sh repeat", "c")}`);
        assert.deepEqual(one?.fences, [
            { info: "sh", code: "a\n\nb", line: 3 },
            { info: "sh repeat", code: "c", line: 9 },
        ]);
    });

    it("ignores headings inside code blocks", () => {
        const sections = parseSections(`## One\n${fenced("sh", "## a comment")}\n## Two`);
        assert.deepEqual(
            sections.map(({ title }) => title),
            ["", "One", "Two"],
        );
    });
});
