import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { GoModule } from "../../../sandbox/go-modules";
import { listCompiledModules } from "../../../tools/licenses/go-modules";
import { type Dependency, checkLicenses, type RecognizedFile } from "../../../tools/licenses/licenses";
import { listLockedPackages } from "../../../tools/licenses/npm-packages";
import { removeDirectory, createTemporaryDirectory, runWithPath, writeCommands } from "../../support/fake-commands";

const MODULE: GoModule = {
    name: "store",
    title: "the store",
    programs: { store: "example.com/store/cmd/store" },
    tags: ["netgo", "lite"],
    cgo: true,
    estimate: 1,
};

/** Recognizes a license file by its first word: its SPDX identifier, or `unknown`. */
function recognize(files: readonly string[]): Promise<RecognizedFile[]> {
    return Promise.resolve(
        files.map((file) => {
            const [license = ""] = fs.readFileSync(file, "utf8").split(" ");
            return license === "unknown"
                ? { file, licenses: [], percent: 0 }
                : { file, licenses: [license], percent: 98.5 };
        }),
    );
}

describe("checkLicenses", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    const text = (license: string): string => {
        const file = path.join(work, `LICENSE-${license}`);
        fs.writeFileSync(file, `${license} and the rest of the text`);
        return file;
    };
    const findings = (dependency: Partial<Dependency>, accepted: readonly string[] = []): Promise<string[]> =>
        checkLicenses(
            [{ name: "example.com/store@v1.2.3", usedBy: "sandbox/modules/store", texts: [], ...dependency }],
            accepted.map((name) => ({ name, why: "a reason" })),
            recognize,
        );

    for (const declared of ["MIT", "(BSD-3-Clause AND Apache-2.0)", "MIT OR AGPL-3.0-only", "Apache-2.0 AND MIT"]) {
        it(`accepts a package that declares ${declared}`, async () => {
            assert.deepEqual(await findings({ declared }), []);
        });
    }

    for (const declared of ["AGPL-3.0-only", "AGPL-3.0", "GPL-2.0+", "MIT AND AGPL-3.0-or-later", "SSPL-1.0"]) {
        it(`rejects a package that declares ${declared}`, async () => {
            assert.deepEqual(await findings({ declared, texts: [text("MIT")] }), [
                `sandbox/modules/store: example.com/store@v1.2.3 is under ${declared}`,
            ]);
        });
    }

    it("reads the license files of a package without an SPDX expression", async () => {
        const declared = "SEE LICENSE IN LICENSE";
        assert.deepEqual(await findings({ declared, texts: [text("MIT")] }), []);
        assert.match((await findings({ declared, texts: [text("AGPL-3.0")] })).join(), /is under AGPL-3\.0 \(/);
        assert.match((await findings({ declared })).join(), /has no license file, and declares "SEE LICENSE/);
    });

    it("rejects a module when one of its license files is under the AGPL", async () => {
        assert.deepEqual(await findings({ texts: [text("Apache-2.0"), text("MPL-2.0")] }), []);
        assert.deepEqual(await findings({ texts: [text("Apache-2.0"), text("AGPL-3.0")] }), [
            `sandbox/modules/store: example.com/store@v1.2.3 is under AGPL-3.0 (${text("AGPL-3.0")})`,
        ]);
    });

    it("rejects a module with an unknown license or without a license", async () => {
        assert.match((await findings({ texts: [text("unknown")] })).join(), /has a license that is not recognized/);
        assert.match((await findings({})).join(), /has no license file$/);
    });

    it("accepts a named exception in every version, and reports an unneeded one", async () => {
        assert.deepEqual(await findings({}, ["example.com/store"]), []);
        assert.deepEqual(await findings({ declared: "MIT" }, ["example.com/store"]), [
            "example.com/store does not need an exception: remove it",
        ]);
        assert.equal((await findings({}, ["example.com/sto"])).length, 2);
    });
});

describe("listCompiledModules", () => {
    let work: string;
    let modules: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
        modules = path.join(work, "modules");
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const write = (file: string): string => {
        const absolute = path.join(work, file);
        fs.mkdirSync(path.dirname(absolute), { recursive: true });
        fs.writeFileSync(absolute, "AGPL-3.0");
        return absolute;
    };

    /** What `go list` prints of a package: its module, version, and the folders of both. */
    const compiled = (module: string, root: string, folder: string): string =>
        [module, "v1.0.0", path.join(work, root), path.join(work, folder)].join("\t");

    const listed = async (...lines: readonly string[]): Promise<Dependency[]> => {
        const bin = path.join(work, "bin");
        fs.mkdirSync(path.join(modules, "store"), { recursive: true });
        fs.writeFileSync(path.join(work, "lines"), lines.join("\n"));
        writeCommands(bin, { go: `echo "$PWD|$CGO_ENABLED|$GOFLAGS|$*" > '${work}/call'; cat '${work}/lines'` });
        return runWithPath(`${bin}:${process.env.PATH ?? ""}`, () => listCompiledModules(MODULE, modules));
    };

    it("lists what the build compiles, with its tags and its use of cgo", async () => {
        await listed();
        const call = fs.readFileSync(path.join(work, "call"), "utf8").replace(fs.realpathSync(modules), "");
        assert.match(
            call,
            /^\/store\|1\|-mod=readonly\|list -e -deps -tags netgo,lite -f [^]* example\.com\/store\/cmd\/store\n$/,
        );
    });

    it("returns the nearest license files above each compiled package", async () => {
        const root = write("store/LICENSE");
        const nested = write("store/pkg/push/LICENSE.txt");
        write("store/web/COPYING");
        write("store/pkg/push/LICENSE.docs");
        write("store/pkg/push/license.go");
        write("store/LICENSES/MIT.txt");
        write("store/cmd/store/flags/flags.go");
        write("store/pkg/push/api/api.go");
        assert.deepEqual(
            await listed(
                "",
                compiled("example.com/store", "store", "store/cmd/store"),
                compiled("example.com/store", "store", "store/pkg/push/api"),
                compiled("example.com/store", "store", "store/cmd/store/flags"),
            ),
            [{ name: "example.com/store@v1.0.0", usedBy: "sandbox/modules/store", texts: [root, nested] }],
        );
    });

    it("reports a module without a license file, even when a parent directory has one", async () => {
        write("LICENSE");
        fs.mkdirSync(path.join(work, "store"));
        const [dependency] = await listed(compiled("example.com/store", "store", "store"));
        assert.deepEqual(dependency?.texts, []);
    });

    it("tolerates missing embedded files that the build provides, and fails on other package errors", async () => {
        fs.mkdirSync(path.join(work, "store"));
        const [dependency] = await listed(
            "error\tpattern schema.json: no matching files found",
            compiled("example.com/store", "store", "store"),
        );
        assert.equal(dependency?.name, "example.com/store@v1.0.0");
        await assert.rejects(listed("error\tno required module provides package example.com/x"), /no required module/);
    });

    it("omits directories of this project", async () => {
        const own = "modules/store/left-out/dns";
        assert.deepEqual(await listed(compiled("example.com/dns", own, own)), []);
    });
});

describe("listLockedPackages", () => {
    it("returns each package with its license in the lock file and its license files", () => {
        const work = createTemporaryDirectory();
        try {
            const folder = path.join(work, "shop/node_modules/@scope/one");
            fs.mkdirSync(folder, { recursive: true });
            fs.writeFileSync(path.join(folder, "LICENCE.md"), "MIT");
            fs.writeFileSync(
                path.join(work, "shop/package-lock.json"),
                JSON.stringify({
                    packages: {
                        "": { license: "AGPL-3.0-only" },
                        "node_modules/@scope/one": { version: "1.0.0", license: "SEE LICENSE IN LICENCE.md" },
                        "node_modules/@scope/one/node_modules/two": { version: "2.0.0" },
                    },
                }),
            );
            assert.deepEqual(listLockedPackages("shop/package-lock.json", work), [
                {
                    name: "@scope/one@1.0.0",
                    usedBy: "shop/package-lock.json",
                    declared: "SEE LICENSE IN LICENCE.md",
                    texts: [path.join(folder, "LICENCE.md")],
                },
                { name: "two@2.0.0", usedBy: "shop/package-lock.json", texts: [] },
            ]);
        } finally {
            removeDirectory(work);
        }
    });
});
