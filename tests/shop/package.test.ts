import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { isRecord } from "../../tools/render/program";

function readPackage(folder: string): Readonly<Record<string, unknown>> {
    const content: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, folder, "package.json"), "utf8"));
    assert.ok(isRecord(content));
    return content;
}

describe("shop packages", () => {
    it("have the versions that the sources are checked, tested and bundled with", () => {
        const own = readPackage("shop");
        const all = { ...Object(own.dependencies), ...Object(own.devDependencies) } as Record<string, string>;
        const { devDependencies } = readPackage(".");
        assert.ok(Object.keys(all).length > 5 && isRecord(devDependencies));
        for (const [name, version] of Object.entries(all)) {
            assert.equal(devDependencies[name], version, name);
        }
    });

    it("are all in the shop's lock file", () => {
        const { dependencies, devDependencies } = readPackage("shop");
        const lock: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, "shop/package-lock.json"), "utf8"));
        assert.ok(isRecord(lock) && isRecord(lock.packages) && isRecord(lock.packages[""]));
        assert.deepEqual(lock.packages[""].dependencies, dependencies);
        assert.deepEqual(lock.packages[""].devDependencies, devDependencies);
    });
});
