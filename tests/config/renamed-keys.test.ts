import assert from "node:assert/strict";
import { REMOVED_KEYS, RENAMED_KEYS } from "../../config/issues";
import { validate } from "../../config/validate";
import { nestSetting } from "../support/settings-path";

function findKeyIssue(key: string): string | undefined {
    const { issues = [] } = validate(nestSetting(key, {}));
    return issues.find(({ message }) => /^(?:was renamed|was removed|is not a setting)/.test(message))?.message;
}

describe("RENAMED_KEYS", () => {
    const formerKeys = Object.keys(RENAMED_KEYS).map((pattern) =>
        pattern.replace("expose.*", "expose.jaeger").replace("*", "vendor"),
    );
    for (const former of formerKeys) {
        it(`has the current name of ${former}`, () => {
            const [, current] = /^was renamed to (\S+)$/.exec(findKeyIssue(former) ?? "") ?? [];
            assert.ok(current, findKeyIssue(former));
            assert.equal(findKeyIssue(current), undefined);
        });
    }

    it("is followed from a section to a key in it", () => {
        const { issues = [] } = validate({ "guard.token.keepPrevious": true });
        assert.match(issues[0]?.message ?? "", /^was renamed to secureOtlp\.token\.acceptPrevious$/);
    });
});

describe("REMOVED_KEYS", () => {
    for (const removed of Object.keys(REMOVED_KEYS).map((pattern) => pattern.replace("*", "vendor"))) {
        it(`says why ${removed} was removed`, () => {
            assert.match(findKeyIssue(removed) ?? "", /^was removed because .*; remove it$/);
        });
    }
});
