import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { type PluginFolders, providePlugins } from "../../sandbox/pulumi-plugins";
import { pluginFolder, type PluginName, pluginProgram } from "../../sandbox/plugins/build";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../support/fake-commands";

const CANNOT_DOWNLOAD = `echo "$*" >> "$(dirname "$0")/asked"; echo "no way out"; exit 1`;
const DOWNLOADS = `mkdir -p "$PULUMI_HOME/plugins/resource-$4-v$5"`;

describe("providePlugins", function () {
    // A bundler on a busy machine.
    this.timeout(20_000);
    let work: string;
    let folders: PluginFolders;

    beforeEach(() => {
        work = createTemporaryDirectory();
        const [target, userHome, downloads, programs] = ["target", "user", "downloads", "programs"].map((name) =>
            path.join(work, name),
        ) as [string, string, string, string];
        folders = { target, userHome, downloads, programs };
        writeCommands(programs, { "pulumi-resource-kubernetes": "echo built" });
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const provideWith = (pulumi: string): Promise<string> => {
        writeCommands(folders.programs, { pulumi });
        return providePlugins(folders);
    };
    const installOfficial = (name: PluginName): string => {
        const folder = path.join(folders.userHome, "plugins", pluginFolder(name));
        fs.mkdirSync(folder, { recursive: true });
        return folder;
    };
    const realFolder = (name: PluginName): string => fs.realpathSync(path.join(folders.target, pluginFolder(name)));
    const asked = (): string[] =>
        fs
            .readFileSync(path.join(folders.programs, "asked"), "utf8")
            .trim()
            .split("\n")
            .map((line) => line.split(" ")[3] ?? "");

    it("uses the official releases that the user has installed, without a download", async () => {
        const [kubernetes, random] = [installOfficial("kubernetes"), installOfficial("random")];
        assert.equal(await provideWith(CANNOT_DOWNLOAD), "the official releases");
        assert.deepEqual([realFolder("kubernetes"), realFolder("random")], [kubernetes, random]);
        assert.ok(!fs.existsSync(path.join(folders.programs, "asked")));
    });

    it("uses the official releases that can be downloaded", async () => {
        assert.equal(await provideWith(DOWNLOADS), "the official releases");
        assert.equal(realFolder("random"), path.join(folders.downloads, "plugins", pluginFolder("random")));
    });

    it("builds the providers when no release can be downloaded", async () => {
        assert.match(await provideWith(CANNOT_DOWNLOAD), /^kubernetes and random built from source/);
        const program = fs.realpathSync(path.join(folders.target, pluginProgram("kubernetes")));
        assert.equal(program, path.join(folders.programs, "pulumi-resource-kubernetes"));
        assert.match(fs.readFileSync(path.join(folders.target, pluginProgram("random")), "utf8"), /^#!.*node\n/);
        assert.deepEqual(asked(), ["kubernetes", "random"]);
    });

    it("retries a failed download only after a day", async () => {
        await provideWith(CANNOT_DOWNLOAD);
        await provideWith(CANNOT_DOWNLOAD);
        assert.deepEqual(asked(), ["kubernetes", "random"]);
        const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
        fs.utimesSync(path.join(folders.downloads, "kubernetes.failed"), dayAgo, dayAgo);
        await provideWith(CANNOT_DOWNLOAD);
        assert.deepEqual(asked(), ["kubernetes", "random", "kubernetes"]);
    });

    it("replaces its own builds when the official release is installed", async () => {
        await provideWith(CANNOT_DOWNLOAD);
        const kubernetes = installOfficial("kubernetes");
        assert.match(await provideWith(CANNOT_DOWNLOAD), /^random built from source/);
        assert.equal(realFolder("kubernetes"), kubernetes);
    });
});
