import assert from "node:assert/strict";
import { parseYaml } from "../../../tools/stack/parse-yaml";

describe("parseYaml", () => {
    it("returns the content of valid YAML", () => {
        assert.deepEqual(parseYaml("a: { b: [1, two] }\n", "x.yaml"), { a: { b: [1, "two"] } });
    });

    for (const [mistake, text, message] of [
        [
            "a mapping continues at a deeper indentation",
            "a:\n  b: true\n    c: 5\n",
            "x.yaml:2, near key a.b: Nested mappings are not allowed in compact mappings",
        ],
        [
            "text after a mapping has another indentation",
            "a:\n  b: { c: 1 }\n   text\n",
            "x.yaml:3, near key a.b.c: All mapping items must start at the same column",
        ],
        [
            "a tab is used as indentation",
            "a:\n  b: 1\n \tc: 2\n",
            "x.yaml:3, near key a.b: All mapping items must start at the same column",
        ],
        ["a key occurs twice", "a:\n  b: 1\n  b: 2\n", "x.yaml:3, near key a.b: Map keys must be unique"],
        ["a quotation mark is missing", 'a:\n  b: "c\n', 'x.yaml:3, near key a.b: Missing closing "quote'],
        ["the mistake comes before any key", "]\n", 'x.yaml:1: Unexpected flow-seq-end token in YAML document: "]"'],
        ["an alias has no anchor", "a: *b\n", "x.yaml: Unresolved alias (the anchor must be set before the alias): b"],
    ] as const) {
        it(`reports file, line and nearest key when ${mistake}`, () => {
            assert.throws(() => parseYaml(text, "x.yaml"), { message });
        });
    }
});
