import assert from "node:assert/strict";
import {
    containsSecret,
    containsUnknown,
    fromStruct,
    markSecrets,
    reveal,
    secret,
    toStruct,
    UNKNOWN,
} from "../../../sandbox/plugins/shared/properties";

describe("properties of a plugin", () => {
    it("survive the way through Pulumi's messages", () => {
        const value = {
            text: "a",
            empty: "",
            number: 1.5,
            flag: false,
            list: [1, { deep: ["x"] }, []],
            object: { "key.with dots": {} },
            password: secret("s3cret"),
            later: UNKNOWN,
        };
        assert.deepEqual(fromStruct(toStruct(value)), value);
    });

    it("lose what is null, which means not set", () => {
        const struct = toStruct({ none: null, object: { none: null, list: [{ none: null, one: 1 }] } });
        assert.deepEqual(fromStruct(struct), { object: { list: [{ one: 1 }] } });
    });

    it("are laid open to the last secret", () => {
        const value = { a: secret({ b: [secret("x"), "y"] }) };
        assert.ok(containsSecret({ list: [value] }));
        assert.deepEqual(reveal(value), { a: { b: ["x", "y"] } });
        assert.ok(!containsSecret(reveal(value)));
    });

    it("are unknown when anything in them is", () => {
        assert.ok(containsUnknown({ a: [{ b: UNKNOWN }] }));
        assert.ok(containsUnknown(secret(UNKNOWN)));
        assert.ok(!containsUnknown({ a: ["04da6b54"] }));
    });

    it("are marked again where the inputs were secret, lists as a whole", () => {
        const inputs = { env: [{ value: secret("x") }], labels: { a: secret("1"), b: "2" }, data: secret({ k: "v" }) };
        const outputs = {
            env: [{ value: "x" }, { value: "y" }],
            labels: { a: "1", b: "2" },
            data: { k: "v" },
            uid: "u",
        };
        assert.deepEqual(markSecrets(outputs, inputs), {
            env: secret(outputs.env),
            labels: { a: secret("1"), b: "2" },
            data: secret({ k: "v" }),
            uid: "u",
        });
    });
});
