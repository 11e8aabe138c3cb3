import assert from "node:assert/strict";
import { changesBetween } from "../../../sandbox/plugins/shared/changes";
import { diffResponse } from "../../../sandbox/plugins/shared/diff-response";
import { secret } from "../../../sandbox/plugins/shared/properties";

describe("changesBetween", () => {
    it("names every path that differs as Pulumi writes it", () => {
        const before = { data: { "config.yaml": "a" }, spec: { list: [{ a: 1 }, 2], gone: true }, same: { x: [1] } };
        const after = { data: { "config.yaml": "b" }, spec: { list: [{ a: 2 }], new: {} }, same: { x: [1] } };
        assert.deepEqual(Object.fromEntries(changesBetween(before, after)), {
            'data["config.yaml"]': "update",
            "spec.list[0].a": "update",
            "spec.list[1]": "delete",
            "spec.gone": "delete",
            "spec.new": "add",
        });
    });

    it("takes a value for what it is, secret or not", () => {
        assert.equal(changesBetween({ a: secret("x") }, { a: "x" }).size, 0);
        assert.equal(changesBetween({ a: secret("x") }, { a: secret("y") }).size, 1);
    });
});

describe("diffResponse", () => {
    it("tells the engine the path and, for its short form, the property of the first level", () => {
        const response = diffResponse({
            changes: new Map([["spec.template", "update"]]),
            replaces: ["spec.template"],
            deleteBeforeReplace: true,
        });
        assert.deepEqual(response.getDiffsList(), ["spec"]);
        assert.deepEqual(response.getReplacesList(), ["spec.template"]);
        assert.equal(response.getDetaileddiffMap().getLength(), 1);
        assert.ok(response.getDeletebeforereplace());
    });
});
