import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { IMAGES } from "../../config/types/image";
import { IMAGES as SANDBOX_IMAGES, TOOLBOX_IMAGE } from "../../sandbox/images";
import { ROOT } from "../../sandbox/directories";
import { parseSections } from "../../tools/docs/markdown";
import { readDocument } from "../../tools/docs/translations";
import { parseExercises } from "../support/exercises";

const renderBlock = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;

describe("parseExercises", () => {
    it("returns commands with the output that follows them, in order", () => {
        const text = `## One\n${renderBlock("sh", "a")}${renderBlock("sh repeat", "b")}So:\n${renderBlock("text", "B")}${renderBlock("sh fails", "c")}${renderBlock("text", "C")}${renderBlock("sh repeat fails", "d")}${renderBlock("text", "D")}`;
        const [one] = parseExercises(text);
        assert.deepEqual(one?.steps, [
            { commands: "a", repeat: false, fails: false, line: 2 },
            { commands: "b", output: "B", repeat: true, fails: false, line: 5 },
            { commands: "c", output: "C", repeat: false, fails: true, line: 12 },
            { commands: "d", output: "D", repeat: true, fails: true, line: 18 },
        ]);
    });

    it("skips commands for external clusters, and sections without commands", () => {
        const text = `${renderBlock("sh elsewhere", "a")}## One\nNothing.\n## Two\n${renderBlock("sh", "b")}`;
        assert.deepEqual(
            parseExercises(text).map(({ title }) => title),
            ["Two"],
        );
    });

    for (const [bad, problem] of [
        [renderBlock("bash", "a"), /line 1: a block 'bash', which nothing runs/],
        [renderBlock("", "a"), /line 1: a block '', which nothing runs/],
        [renderBlock("sh twice", "a"), /line 1: a block 'sh twice'/],
        [renderBlock("sh fails repeat", "a"), /line 1: a block 'sh fails repeat'/],
        [renderBlock("text", "A"), /line 1: an output that follows no commands/],
        [renderBlock("sh elsewhere", "a") + renderBlock("text", "A"), /line 4: an output that follows no commands/],
        [
            renderBlock("sh", "a") + renderBlock("text", "A") + renderBlock("text", "B"),
            /line 7: an output that follows no commands/,
        ],
        [renderBlock("sh repeat", "a"), /line 1: 'sh repeat' needs an output/],
        [renderBlock("sh fails", "a") + renderBlock("sh", "b"), /line 1: 'sh fails' needs an output/],
    ] as const) {
        it(`rejects ${JSON.stringify(bad)}`, () => {
            assert.throws(() => parseExercises(bad), problem);
        });
    }
});

/** The words that only one of the languages has. */
const LANGUAGES = {
    "docs/tutorials/exercises.md": {
        parts: ["**Goal:**", "**Why:**", "**Try next:**"],
        repeat: /\brepeat\b/i,
        fails: /command fails/,
    },
    "docs/tutorials/exercises.ja.md": {
        parts: ["**目標:**", "**なぜ:**", "**次に試すこと:**"],
        repeat: /繰り返/,
        fails: /失敗します/,
    },
} as const;
const EXERCISES = 13;
/** The public image for each sandbox image that an exercise's pod runs. */
const PUBLIC_IMAGES: Readonly<Record<string, string>> = { toolbox: "busybox:1.37", telemetrygen: IMAGES.telemetrygen };

for (const [file, { parts, repeat, fails }] of Object.entries(LANGUAGES)) {
    describe(file, () => {
        const markdown = readDocument(file);
        const all = parseExercises(markdown);
        const exercises = all.filter(({ title }) => /^\d+\. /.test(title));

        it("has numbered exercises with all parts in order", () => {
            assert.deepEqual(
                exercises.map(({ title }) => Number.parseInt(title, 10)),
                Array.from({ length: EXERCISES }, (_, index) => index + 1),
            );
            for (const { title, text, steps } of exercises) {
                const places = parts.map((part) => text.indexOf(`\n${part}`));
                assert.ok(!places.includes(-1), `${title} lacks one of ${parts.join(" ")}`);
                const inOrder = [...places].sort((a, b) => a - b);
                assert.deepEqual(places, inOrder, title);
                assert.ok(steps.filter(({ output }) => output !== undefined).length >= 2, title);
            }
        });

        it("has no unclassified code block", () => {
            const borders = markdown.split("\n").filter((line) => line.includes("```"));
            const fences = parseSections(markdown).flatMap((section) => section.fences);
            assert.equal(borders.length, 2 * fences.length);
            const unrun = fences.filter(({ info }) => info === "sh elsewhere" || info === "text");
            assert.equal(all.flatMap(({ steps }) => steps).length, fences.length - unrun.length);
        });

        it("mentions repetition and expected failure in the text", () => {
            const lines = markdown.split("\n");
            for (const step of all.flatMap(({ steps }) => steps)) {
                const before =
                    lines
                        .slice(0, step.line - 1)
                        .join("\n")
                        .trimEnd()
                        .split("\n\n")
                        .at(-1) ?? "";
                assert.equal(step.repeat && !repeat.test(before), false, `line ${step.line}: ${before}`);
                assert.equal(step.fails && !fails.test(before), false, `line ${step.line}: ${before}`);
            }
        });

        it("uses sandbox images and names the public image next to each", () => {
            const commands = all.flatMap(({ steps }) => steps.map((step) => step.commands));
            const images = commands.flatMap((text) => [...text.matchAll(/localhost\/otel-sandbox\/(\w+):[\w.]+/g)]);
            assert.ok(images.length > Object.keys(PUBLIC_IMAGES).length);
            for (const { 0: image, 1: program = "", input } of images) {
                assert.ok([...SANDBOX_IMAGES.map(({ name }) => name), TOOLBOX_IMAGE].includes(image), image);
                const publicImage = PUBLIC_IMAGES[program];
                assert.ok(publicImage !== undefined && input.includes(publicImage), input);
            }
        });
    });
}

for (const file of ["README.md", "README.ja.md", ...Object.keys(LANGUAGES)]) {
    describe(`references in ${file}`, () => {
        const markdown = readDocument(file);

        it("to Make targets exist", () => {
            const makefile = readDocument("Makefile");
            const commands = [...markdown.matchAll(/(?:`|^|\$ |"\$\()make (?:-s )?([a-z][a-z0-9-]*)/gm)];
            assert.ok(commands.length > 0);
            for (const [, command = ""] of commands) {
                assert.match(makefile, new RegExp(`^${command}:`, "m"), command);
            }
        });

        it("to files exist", () => {
            const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, to = ""]) =>
                path.join(path.dirname(file), to),
            );
            const paths = [...markdown.matchAll(/`((?:components|config|docs|sandbox|shop|tests|tools)\/[\w./-]*)`/g)];
            for (const name of [...links, ...paths.map(([, to = ""]) => to)]) {
                assert.ok(fs.existsSync(path.join(ROOT, name)), name);
            }
        });
    });
}
