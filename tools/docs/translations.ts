import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { type Section, parseSections } from "./markdown";

/** Paths of a document and its translation in the checkout. */
export interface Translation {
    readonly english: string;
    readonly japanese: string;
}

export const TRANSLATIONS: readonly Translation[] = [
    { english: "README.md", japanese: "README.ja.md" },
    { english: "docs/tutorials/exercises.md", japanese: "docs/tutorials/exercises.ja.md" },
];

/** Command that marks the translation as up to date. */
export const RENEW_COMMAND = "node -r ts-node/register/transpile-only tools/docs/translations.ts";

/** Line in each section of a translation: the hashes of both texts when the translation was last up to date. */
const STAMP = /<!-- en:([0-9a-f]{8}) ja:([0-9a-f]{8}) -->/;
const HASH_LENGTH = 8;

interface Pair {
    readonly english: Section;
    readonly japanese: Section;
}

/** Lists the differences between a translation and its original. Empty when the translation is up to date. */
export function findDifferences(english: string, japanese: string): string[] {
    const [originals, translations] = [parseSections(english), parseSections(japanese)];
    if (originals.length !== translations.length) {
        return [`the English text has ${originals.length} sections, the Japanese text has ${translations.length}`];
    }
    return pairSections(originals, translations).flatMap(findSectionDifferences);
}

/**
 * Copies the fenced blocks of the original into the translation and renews the stamps.
 *
 * @returns the translation
 * @throws when the numbers of sections differ, or the numbers of blocks in a section.
 */
export function renewTranslation(english: string, japanese: string): string {
    const [originals, translations] = [parseSections(english), parseSections(japanese)];
    if (originals.length !== translations.length) {
        throw new Error(
            `the English text has ${originals.length} sections, the Japanese text has ${translations.length}`,
        );
    }
    return pairSections(originals, translations).map(renewSection).join("\n");
}

function pairSections(originals: readonly Section[], translations: readonly Section[]): Pair[] {
    return originals.flatMap((english, index) => {
        const japanese = translations[index];
        return japanese === undefined ? [] : [{ english, japanese }];
    });
}

function findSectionDifferences({ english, japanese }: Pair): string[] {
    const section = english.title === "" ? "the beginning" : `section '${english.title}'`;
    const stamp = STAMP.exec(japanese.text);
    if (stamp === null) {
        return [`${section} has no stamp such as <!-- en:${hashText(english.text)} ja:00000000 --> in Japanese`];
    }
    const changed = [
        ...(stamp[1] === hashText(english.text) ? [] : ["English"]),
        ...(stamp[2] === hashText(removeStamp(japanese.text)) ? [] : ["Japanese"]),
    ];
    const codes = ({ fences }: Section): string => JSON.stringify(fences.map(({ info, code }) => [info, code]));
    return [
        ...changed.map((language) => `${section} changed in ${language}`),
        ...(codes(english) === codes(japanese) ? [] : [`${section} has different fenced blocks in Japanese`]),
    ];
}

function renewSection({ english, japanese }: Pair): string {
    if (!STAMP.test(japanese.text)) {
        throw new Error(`'${japanese.title}' has no stamp such as <!-- en:00000000 ja:00000000 -->`);
    }
    const text = copyBlocks(english, japanese);
    return text.replace(STAMP, `<!-- en:${hashText(english.text)} ja:${hashText(removeStamp(text))} -->`);
}

/** Replaces the fenced blocks of the translation by those of the original. */
function copyBlocks(english: Section, japanese: Section): string {
    if (english.fences.length !== japanese.fences.length) {
        throw new Error(
            `'${english.title}' has ${english.fences.length} fenced blocks in English and ${japanese.fences.length} in Japanese`,
        );
    }
    const blocks = english.fences.map(({ info, code }) => `\`\`\`${info}\n${code}\n\`\`\``);
    return japanese.text.replace(/^```.*\n[^]*?^```$/gm, () => blocks.shift() ?? "");
}

function hashText(text: string): string {
    return createHash("sha256").update(text.trim()).digest("hex").slice(0, HASH_LENGTH);
}

function removeStamp(text: string): string {
    return text.replace(STAMP, "");
}

/** Reads a file of the checkout. */
export function readDocument(file: string): string {
    return fs.readFileSync(path.join(ROOT, file), "utf8");
}

if (require.main === module) {
    for (const { english, japanese } of TRANSLATIONS) {
        fs.writeFileSync(path.join(ROOT, japanese), renewTranslation(readDocument(english), readDocument(japanese)));
    }
}
