import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** Run by tests/support/unhandled-rejections.test.ts, and by itself not a test file: it has to fail. */
describe("output.apply", () => {
    it("runs a failing assertion", () => {
        pulumi.output(1).apply((value) => {
            assert.equal(value, 2);
        });
    });
});
