import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type BuiltPlugin, buildPlugins, versionOf } from "../../../sandbox/plugins/build";

describe("buildPlugins", function () {
    // A bundler on a busy machine.
    this.timeout(20_000);
    let folder: string;
    let built: readonly BuiltPlugin[];

    before(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugins-"));
        built = await buildPlugins(folder);
    });

    after(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("puts each plugin where Pulumi looks for the version of its npm package", () => {
        assert.deepEqual(fs.readdirSync(folder).sort(), [
            `resource-kubernetes-v${versionOf("kubernetes")}`,
            `resource-random-v${versionOf("random")}`,
        ]);
        for (const { name, executable } of built) {
            assert.equal(path.basename(executable), `pulumi-resource-${name}`);
        }
    });

    it("makes programs that say what they are", () => {
        for (const { name, executable } of built) {
            const { status, stderr } = spawnSync(executable, [], { encoding: "utf8" });
            assert.equal(status, 1);
            assert.match(stderr, new RegExp(`^pulumi-resource-${name}: the sandbox's stand-in for Pulumi's .* plugin`));
        }
    });

    it("makes programs that print their port and end when the engine tells them", async () => {
        const [plugin] = built;
        const child = spawn(plugin?.executable ?? "", ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
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
