import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../sandbox/directories";

/** Former words and their replacements, after CONTRIBUTING.md. A pattern is matched with whole words, in any case. */
const BANNED: Readonly<Record<string, string>> = {
    "behind (the )?(ingest tier|tail sampling)": "after",
    beside: "next to, concurrent",
    "comes? along": "is included",
    further: "external, more, other",
    "guard(s|ed)?": "secure OTLP listener, secure",
    "honest(ly)?": "well-behaved",
    hostile: "malformed",
    "house[ -]rules?": "conventions",
    "keep previous": "accept previous",
    "lanes?": "shard",
    "learners?": "reader, user",
    "of one's own": "your own, a separate",
    "mends?": "fix",
    "on the way": "in flight",
    "one[ -]tier": "single-tier",
    "outlives?": "survive",
    "reckon(s|ed)?": "estimate",
    "rides? out": "tolerate",
    "(first|second)[ -]tier": "ingest tier, trace tier",
    "stand[ -]ins?": "stub",
    "stands? (before|behind|in for)": "precede, follow, replace",
    suits: "meets the requirements",
    "tells? nobody": "sends no notification",
    "(tells?|told) .{0,40}apart": "distinguish",
    "turn(s|ed)? away": "reject",
    "ways? in": "ingress, route",
    "what collects": "cluster telemetry",
    "when full": "on queue full",
    whoever: "a client that, a user who",
    "whole traces": "complete traces",
};

/** Files with former words, and the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
    "CHANGELOG.md": "history",
    "UPGRADING.md": "names the former settings and objects",
    "config/issues.ts": "names the former settings",
    "findings/": "is about other software",
    "package-lock.json": "names of packages",
    "shop/package-lock.json": "names of packages",
    "tests/components/stack/former-urns": "names the former objects",
    "tests/config/renamed-keys.test.ts": "names the former settings",
    "tests/e2e/upgrade.ts": "names the former objects",
    "tests/golden/": "is rendered from the code",
    "tests/words.test.ts": "lists the words",
};

const TEXT_FILE = /(\.(cjs|css|go|html|json|md|mjs|sh|ts|ya?ml)|Makefile|Dockerfile|\.ci\/run)$/;

/** Splits identifiers into their words: `secondTier` and `SECOND_TIER` are `second tier`. */
function splitIdentifiers(text: string): string {
    return text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll("_", " ");
}

function findBannedWords(text: string): string[] {
    const patterns = Object.entries(BANNED).map(
        ([pattern, replacement]) => [new RegExp(`(?<![\\w])(${pattern})(?![\\w])`, "i"), replacement] as const,
    );
    return text.split("\n").flatMap((line, index) => {
        const words = splitIdentifiers(line);
        return patterns.flatMap(([pattern, replacement]) => {
            const [found] = pattern.exec(words) ?? [];
            return found === undefined ? [] : [`line ${index + 1}: '${found}' instead of ${replacement}`];
        });
    });
}

/** The files of the checkout, also those that are not committed yet. */
async function listTextFiles(): Promise<string[]> {
    const { stdout } = await execa("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
    return stdout
        .split("\n")
        .filter((file) => TEXT_FILE.test(file) && fs.existsSync(path.join(ROOT, file)))
        .filter((file) => !Object.keys(EXEMPT).some((prefix) => file.startsWith(prefix)));
}

describe("words", () => {
    it("finds former words in text, identifiers and constants", () => {
        assert.deepEqual(findBannedWords("const secondTier = FURTHER_DESTINATIONS;\n\n// a lane-like stand-in"), [
            "line 1: 'FURTHER' instead of external, more, other",
            "line 1: 'second Tier' instead of ingest tier, trace tier",
            "line 3: 'lane' instead of shard",
            "line 3: 'stand-in' instead of stub",
        ]);
    });

    it("accepts words that contain a former word", () => {
        assert.deepEqual(findBannedWords("the control plane, besides the safeguards of planes"), []);
    });

    it("of the code and the documents are those of CONTRIBUTING.md", async () => {
        const files = await listTextFiles();
        assert.ok(files.length > 500, `${files.length} files`);
        const found = files.flatMap((file) => [
            ...findBannedWords(file).map((problem) => `${file}: its name, ${problem}`),
            ...findBannedWords(fs.readFileSync(path.join(ROOT, file), "utf8")).map((problem) => `${file}: ${problem}`),
        ]);
        assert.deepEqual(found, []);
    });
});
