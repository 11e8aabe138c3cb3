import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import { RandomProvider } from "../../../sandbox/plugins/random/provider";
import { validateArgs, generateString, resolveArgs } from "../../../sandbox/plugins/random/random-string";
import {
    isSecret,
    markSecret,
    type Properties,
    unwrapSecrets,
    UNKNOWN,
} from "../../../sandbox/plugins/random/property-values";

const PASSWORD = "urn:pulumi:dev::proj::random:index/randomPassword:RandomPassword::p";
const STRING = "urn:pulumi:dev::proj::random:index/randomString:RandomString::s";
const ID = "urn:pulumi:dev::proj::random:index/randomId:RandomId::i";

function countMatches(text: string, pattern: RegExp): number {
    return Array.from(text).filter((character) => pattern.test(character)).length;
}

describe("generateString", () => {
    it("returns strings of the requested length that never repeat", () => {
        const texts = Array.from({ length: 500 }, () => generateString(resolveArgs({ length: 24 })));
        assert.equal(new Set(texts).size, texts.length);
        assert.ok(texts.every((text) => text.length === 24));
    });

    it("uses every character of its sets about equally often, and no other", () => {
        const characters = generateString(
            resolveArgs({ length: 26_000, special: false, upper: false, numeric: false }),
        );
        const counts = new Map<string, number>();
        for (const character of characters) {
            counts.set(character, (counts.get(character) ?? 0) + 1);
        }
        assert.deepEqual([...counts.keys()].sort().join(""), "abcdefghijklmnopqrstuvwxyz");
        // Six standard deviations from 1000 each.
        assert.ok([...counts.values()].every((found) => found > 800 && found < 1200));
    });

    it("contains each minimum, at any position", () => {
        const rules = resolveArgs({
            length: 12,
            minUpper: 3,
            minLower: 3,
            minNumeric: 3,
            minSpecial: 3,
            overrideSpecial: "_",
        });
        const texts = Array.from({ length: 100 }, () => generateString(rules));
        for (const text of texts) {
            assert.deepEqual(
                [/[A-Z]/, /[a-z]/, /[0-9]/, /_/].map((pattern) => countMatches(text, pattern)),
                [3, 3, 3, 3],
            );
        }
        assert.ok(new Set(texts.map((text) => text.search(/_/))).size > 3);
    });

    it("takes special characters only from overrideSpecial", () => {
        const text = generateString(
            resolveArgs({ length: 300, overrideSpecial: "#", lower: false, upper: false, numeric: false }),
        );
        assert.equal(text, "#".repeat(300));
    });
});

describe("validateArgs", () => {
    const cases: readonly (readonly [inputs: Properties, property: string, reason: RegExp])[] = [
        [{}, "length", /required/],
        [{ length: 0 }, "length", /at least 1/],
        [{ length: 1.5 }, "length", /whole number/],
        [{ length: "ten" }, "length", /whole number/],
        [{ length: 4, minUpper: 3, minLower: 3 }, "length", /at least .* = 6, not 4/],
        [{ length: 4, minNumeric: -1 }, "minNumeric", /at least 0/],
        [{ length: 4, special: "no" }, "special", /true or false/],
        [{ length: 4, overrideSpecial: 1 }, "overrideSpecial", /string/],
        [{ length: 4, keepers: "x" }, "keepers", /object/],
        [{ length: 4, lenght: 5 }, "lenght", /not an argument/],
        [{ length: 4, upper: false, lower: false, numeric: false, special: false }, "", /at least one of upper/],
    ];
    for (const [inputs, property, reason] of cases) {
        it(`rejects ${JSON.stringify(inputs)}`, () => {
            const [failure, ...others] = validateArgs(inputs);
            assert.equal(failure?.property, property);
            assert.match(failure.reason, reason);
            assert.deepEqual(others, []);
        });
    }

    it("accepts valid and still unknown inputs", () => {
        assert.deepEqual(validateArgs({ length: 8, special: true, number: false, keepers: { a: "b" } }), []);
        assert.deepEqual(validateArgs({ length: UNKNOWN, minUpper: 3 }), []);
    });
});

describe("RandomProvider", () => {
    const provider = new RandomProvider("1.2.3");

    it("creates a password whose result and hash are secrets", async () => {
        const { id, outs } = (await provider.create(PASSWORD, {
            length: 20,
            special: false,
            keepers: { a: "1" },
        })) as { id: string; outs: Properties };
        assert.equal(id, "none");
        assert.ok(isSecret(outs.result) && isSecret(outs.bcryptHash));
        const { bcryptHash, result } = unwrapSecrets(outs) as Record<"bcryptHash" | "result", string>;
        assert.match(result, /^[A-Za-z0-9]{20}$/);
        assert.match(bcryptHash, /^\$2[ab]\$10\$/);
        assert.ok(compareSync(result, bcryptHash));
        assert.deepEqual([outs.special, outs.numeric, outs.keepers], [false, true, { a: "1" }]);
    });

    it("creates a string whose id is the string", async () => {
        const { id, outs } = (await provider.create(STRING, { length: 6 })) as { id: string; outs: Properties };
        assert.equal(id, outs.result);
        assert.equal(outs.bcryptHash, undefined);
    });

    it("replaces the string only when a keeper or an argument changes", async () => {
        const olds = { length: 20, keepers: { a: "1" }, result: markSecret("x") };
        const replaces = async (news: Properties): Promise<readonly string[] | undefined> =>
            (await provider.diff("none", PASSWORD, olds, news)).replaces;
        assert.deepEqual(await replaces({ length: 20, keepers: { a: "2" } }), ["keepers"]);
        assert.deepEqual(await replaces({ length: 21, keepers: { a: "1" } }), ["length"]);
        assert.deepEqual(await replaces({ length: 20, keepers: { a: "1" }, special: true, minUpper: 0 }), []);
        assert.deepEqual(await replaces({ length: 20, keepers: { a: UNKNOWN } }), ["keepers"]);
        assert.deepEqual(await replaces({ length: 20, keepers: { a: markSecret("1") } }), []);
    });

    it("keeps the string when the state is refreshed", async () => {
        const props = { length: 20, result: markSecret("x") };
        assert.deepEqual(await provider.read("none", PASSWORD, props), { id: "none", props });
    });

    it("rejects an import", async () => {
        await assert.rejects(provider.read("none", PASSWORD, {}), /cannot import random:index\/randomPassword/);
    });

    it("rejects unknown resource types", async () => {
        const { failures = [] } = await provider.check(ID, {}, { byteLength: 4 });
        assert.match(failures[0]?.reason ?? "", /does not support random:index\/randomId:RandomId: install/);
    });
});
