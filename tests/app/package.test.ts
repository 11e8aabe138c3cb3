import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/paths";
import { isRecord } from "../../tools/mocked-stack";

function packageOf(folder: string): Readonly<Record<string, unknown>> {
    const content: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, folder, "package.json"), "utf8"));
    assert.ok(isRecord(content));
    return content;
}

describe("the shop's packages", () => {
    it("are those that its sources are checked, tested and bundled with here", () => {
        const own = packageOf("app");
        const all = { ...Object(own.dependencies), ...Object(own.devDependencies) } as Record<string, string>;
        const { devDependencies } = packageOf(".");
        assert.ok(Object.keys(all).length > 5 && isRecord(devDependencies));
        for (const [name, version] of Object.entries(all)) {
            assert.equal(devDependencies[name], version, name);
        }
    });

    it("are all in its lock file, so that others build the same", () => {
        const { dependencies, devDependencies } = packageOf("app");
        const lock: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, "app/package-lock.json"), "utf8"));
        assert.ok(isRecord(lock) && isRecord(lock.packages) && isRecord(lock.packages[""]));
        assert.deepEqual(lock.packages[""].dependencies, dependencies);
        assert.deepEqual(lock.packages[""].devDependencies, devDependencies);
    });
});
