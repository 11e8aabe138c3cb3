import assert from "node:assert/strict";
import { RENAMED_KEYS } from "../../config/issues";
import { validate } from "../../config/validate";
import { nestSetting } from "../support/settings-path";

function findUnknownKey(key: string): string | undefined {
    const { issues = [] } = validate(nestSetting(key, {}));
    return issues.find(({ message }) => message.startsWith("unknown key"))?.message;
}

describe("RENAMED_KEYS", () => {
    const formerKeys = Object.keys(RENAMED_KEYS).map((pattern) =>
        pattern.replace("expose.*", "expose.jaeger").replace("*", "vendor"),
    );
    for (const former of formerKeys) {
        it(`has the present name of ${former}`, () => {
            const [, present] = /^unknown key, it is called (\S+) now$/.exec(findUnknownKey(former) ?? "") ?? [];
            assert.ok(present, findUnknownKey(former));
            assert.equal(findUnknownKey(present), undefined);
        });
    }

    it("is followed from a section to a key in it", () => {
        const { issues = [] } = validate({ "guard.token.keepPrevious": true });
        assert.match(issues[0]?.message ?? "", /it is called secureOtlp\.token\.acceptPrevious now/);
    });
});
