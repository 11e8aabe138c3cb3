import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bundleRandomProvider, pluginProgram, readPackageVersion } from "../../../sandbox/plugins/build";

describe("bundleRandomProvider", function () {
    // A bundler on a busy machine.
    this.timeout(20_000);
    let folder: string;

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugins-"));
        await bundleRandomProvider(folder);
    });

    after(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("writes the program where Pulumi expects the version of the npm package", () => {
        assert.deepEqual(fs.readdirSync(folder), [`resource-random-v${readPackageVersion("random")}`]);
        assert.ok(fs.existsSync(path.join(folder, pluginProgram("random"))));
    });

    it("builds a program that prints its port and exits when the engine interrupts it", async () => {
        const child = spawn(path.join(folder, pluginProgram("random")), ["127.0.0.1:1"], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        const port = await new Promise<string>((resolve) =>
            child.stdout.once("data", (data: Buffer) => {
                resolve(String(data));
            }),
        );
        assert.match(port, /^\d+\n$/);
        const ended = new Promise<number | null>((resolve) => {
            child.once("exit", resolve);
        });
        child.kill("SIGINT");
        assert.equal(await ended, 0);
    });
});
