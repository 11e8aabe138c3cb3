import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { type Section, parseSections } from "./markdown";

/** A document and its translation, by their paths in the checkout. */
export interface Translation {
    readonly english: string;
    readonly japanese: string;
}

export const TRANSLATIONS: readonly Translation[] = [
    { english: "README.md", japanese: "README.ja.md" },
    { english: "docs/tutorials/exercises.md", japanese: "docs/tutorials/exercises.ja.md" },
];

/** How to say that both languages of a section say the same again. */
export const RENEW_COMMAND = "node -r ts-node/register/transpile-only tools/docs/translations.ts";

/** What each section of a translation carries: the hashes of both texts when they last said the same. */
const STAMP = /<!-- en:([0-9a-f]{8}) ja:([0-9a-f]{8}) -->/;
const HASH_LENGTH = 8;

interface Pair {
    readonly english: Section;
    readonly japanese: Section;
}

/** What a translation does not say as its original does; empty where both agree. */
export function findDifferences(english: string, japanese: string): string[] {
    const [originals, translations] = [parseSections(english), parseSections(japanese)];
    if (originals.length !== translations.length) {
        return [`there are ${originals.length} sections in English, and ${translations.length} in Japanese`];
    }
    return pairSections(originals, translations).flatMap(findSectionDifferences);
}

/**
 * The translation with the blocks of the original and with new stamps.
 *
 * @throws where the sections of the two, or the blocks of a section, are not as many.
 */
export function renewTranslation(english: string, japanese: string): string {
    const [originals, translations] = [parseSections(english), parseSections(japanese)];
    if (originals.length !== translations.length) {
        throw new Error(`${originals.length} sections in English, and ${translations.length} in Japanese`);
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
        return [`${section} has no line such as <!-- en:${hashText(english.text)} ja:00000000 --> in Japanese`];
    }
    const changed = [
        ...(stamp[1] === hashText(english.text) ? [] : ["English"]),
        ...(stamp[2] === hashText(removeStamp(japanese.text)) ? [] : ["Japanese"]),
    ];
    const codes = ({ fences }: Section): string => JSON.stringify(fences.map(({ info, code }) => [info, code]));
    return [
        ...changed.map((language) => `${section} has changed in ${language}`),
        ...(codes(english) === codes(japanese) ? [] : [`${section} has other blocks in Japanese`]),
    ];
}

function renewSection({ english, japanese }: Pair): string {
    if (!STAMP.test(japanese.text)) {
        throw new Error(`'${japanese.title}' has no line such as <!-- en:00000000 ja:00000000 -->`);
    }
    const text = copyBlocks(english, japanese);
    return text.replace(STAMP, `<!-- en:${hashText(english.text)} ja:${hashText(removeStamp(text))} -->`);
}

/** Blocks say the same in both languages. */
function copyBlocks(english: Section, japanese: Section): string {
    if (english.fences.length !== japanese.fences.length) {
        throw new Error(
            `'${english.title}' has ${english.fences.length} blocks in English, and ${japanese.fences.length} in Japanese`,
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
