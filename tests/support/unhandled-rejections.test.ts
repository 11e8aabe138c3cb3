import assert from "node:assert/strict";
import * as path from "node:path";
import { execa } from "execa";

const ROOT = path.resolve(__dirname, "../..");

describe("hook for unhandled rejections", () => {
    const run = (args: readonly string[]) =>
        execa(
            process.execPath,
            [
                "node_modules/mocha/bin/mocha.js",
                "--no-config",
                ...["--require", "ts-node/register/transpile-only", ...args],
                "tests/support/fails-in-apply.ts",
            ],
            { cwd: ROOT, reject: false },
        );

    it("fails a test whose assertion fails inside output.apply", async () => {
        const { exitCode, stdout } = await run(["--require", "tests/support/unhandled-rejections.ts"]);
        assert.equal(exitCode, 1);
        assert.match(stdout, /nobody handled a rejection: Expected values to be strictly equal/);
    });

    it("is needed: Mocha alone passes such a test", async () => {
        const { exitCode } = await run([]);
        assert.equal(exitCode, 0);
    });
});
