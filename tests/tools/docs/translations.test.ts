import assert from "node:assert/strict";
import {
    findDifferences,
    readDocument,
    RENEW_COMMAND,
    renewTranslation,
    TRANSLATIONS,
} from "../../../tools/docs/translations";

const BLOCK = "```sh\nmake up\n```";
const ENGLISH = `# Title\n\n## One\n\nFirst.\n\n${BLOCK}\n\n## Two\n\nSecond.\n`;
const STAMP = "<!-- en:00000000 ja:00000000 -->";
const JAPANESE = `# 題\n\n${STAMP}\n\n## 一\n\n${STAMP}\n\n第一。\n\n${BLOCK}\n\n## 二\n\n${STAMP}\n\n第二。\n`;

describe("translations", () => {
    const japanese = renewTranslation(ENGLISH, JAPANESE);

    it("match their original after renewTranslation, which changes only the stamps", () => {
        assert.deepEqual(findDifferences(ENGLISH, japanese), []);
        assert.equal(japanese.replaceAll(/<!-- en:.{8} ja:.{8} -->/g, STAMP), JAPANESE);
        assert.equal(renewTranslation(ENGLISH, japanese), japanese);
    });

    it("are outdated, section by section, when the original changes", () => {
        const changed = ENGLISH.replace("Second.", "Second!");
        assert.deepEqual(findDifferences(changed, japanese), ["section 'Two' changed in English"]);
        assert.deepEqual(findDifferences(`Above.\n${ENGLISH}`, japanese), ["the beginning changed in English"]);
    });

    it("are reported when they change alone", () => {
        const changed = japanese.replace("第二。", "第二!");
        assert.deepEqual(findDifferences(ENGLISH, changed), ["section 'Two' changed in Japanese"]);
    });

    it("have the original's code blocks, which renewTranslation copies", () => {
        const changed = ENGLISH.replace("make up", "make down");
        assert.deepEqual(findDifferences(changed, japanese), [
            "section 'One' changed in English",
            "section 'One' has different fenced blocks in Japanese",
        ]);
        const anew = renewTranslation(changed, japanese);
        assert.match(anew, /^make down$/m);
        assert.deepEqual(findDifferences(changed, anew), []);
    });

    it("have the original's number of sections and blocks, each with a stamp", () => {
        const without = japanese.replace(/## 二[^]*/, "");
        assert.deepEqual(findDifferences(ENGLISH, without), [
            "the English text has 3 sections, the Japanese text has 2",
        ]);
        assert.throws(() => renewTranslation(ENGLISH, without), /English text has 3 sections, the Japanese text has 2/);
        assert.throws(
            () => renewTranslation(ENGLISH, JAPANESE.replace(BLOCK, "")),
            /'One' has 1 fenced blocks .* 0 in Japanese/,
        );

        const unstamped = JAPANESE.replace(`## 二\n\n${STAMP}`, "## 二");
        assert.match(findDifferences(ENGLISH, unstamped).at(-1) ?? "", /^section 'Two' has no stamp such as <!-- en:/);
        assert.throws(() => renewTranslation(ENGLISH, unstamped), /'二' has no stamp/);
    });

    for (const { english, japanese: file } of TRANSLATIONS) {
        it(`are up to date: ${file} with ${english}`, () => {
            const remedy = `bring both languages together, then run: ${RENEW_COMMAND}`;
            assert.deepEqual(findDifferences(readDocument(english), readDocument(file)), [], remedy);
        });
    }
});
