import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { findSharedLibraries } from "../../sandbox/shared-libraries";
import { buildShopFiles } from "../../sandbox/shop-image";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    runWithPath,
    writeCommands,
} from "../support/fake-commands";

describe("buildShopFiles", () => {
    it("bundles the shop into a program that starts", async function () {
        // A bundler on a busy machine.
        this.timeout(20_000);
        const { files } = await buildShopFiles();
        const program = files.find(({ to }) => to.endsWith("/main.js"))?.from ?? "";
        const { exitCode, stderr } = await execa("node", [program], { reject: false });
        assert.equal(exitCode, 1);
        assert.match(stderr, /^shop: /m);
        // What a package loads by a `require` of its own making, such as gRPC, would be missing in the image.
        assert.doesNotMatch(fs.readFileSync(program, "utf8"), /__require\d*\("|createRequire\(/);
    });
});

describe("findSharedLibraries", () => {
    let work: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const whenLddSays = async (script: string): Promise<string[]> => {
        const bin = path.join(work, "bin");
        writeCommands(bin, { ldd: script });
        return runWithPath(`${bin}:${process.env.PATH ?? ""}`, () => findSharedLibraries("/usr/bin/node"));
    };

    it("returns the linked libraries and the loader", async () => {
        const lines = [
            "\\tlinux-vdso.so.1 (0x00007fc463eb5000)",
            "\\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fc463b20000)",
            "\\t/lib64/ld-linux-x86-64.so.2 (0x00007fc463eb7000)",
        ];
        assert.deepEqual(await whenLddSays(`printf '${lines.join("\\n")}\\n'`), [
            "/lib/x86_64-linux-gnu/libm.so.6",
            "/lib64/ld-linux-x86-64.so.2",
        ]);
    });

    it("returns nothing for a static program", async () => {
        assert.deepEqual(await whenLddSays("echo '\tnot a dynamic executable' >&2; exit 1"), []);
        assert.deepEqual(await whenLddSays("echo '\tstatically linked'"), []);
    });

    it("rejects a program whose library is missing or whose libraries cannot be listed", async () => {
        assert.match(
            await getRejectionMessage(whenLddSays("echo '\tlibx.so => not found'")),
            /requires the library libx\.so, which is not installed/,
        );
        assert.match(
            await getRejectionMessage(whenLddSays("echo 'ldd: no such file' >&2; exit 1")),
            /ldd: no such file/,
        );
    });
});
