import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { renderSettingsReference } from "../../../tools/docs/settings-reference";

const MAX_LINE_LENGTH = 160;

describe("docs/reference/settings.md", () => {
    const file = path.join(__dirname, "../../../docs/reference/settings.md");
    const text = fs.readFileSync(file, "utf8");

    it("is up to date with the schema (tools/docs/settings-reference.ts writes it)", () => {
        assert.equal(text, renderSettingsReference());
    });

    it(`has no line over ${MAX_LINE_LENGTH} characters`, () => {
        assert.deepEqual(
            text.split("\n").filter((line) => line.length > MAX_LINE_LENGTH),
            [],
        );
    });

    it("has an entry for a setting, with description, type and default", () => {
        assert.match(text, /^### collector\.replicas\n\nNumber of .+\n\n- Type: integer, 1 to 10\n- Default: `1`/m);
    });
});
