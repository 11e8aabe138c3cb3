import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sandboxEnv } from "../../sandbox/environment";
import { resolveCacheFolder } from "../../sandbox/directories";
import { findPlugin, resolveUserPulumiHome } from "../../sandbox/pulumi-plugins";
import { removeDirectory, createTemporaryDirectory } from "../support/fake-commands";

describe("cache directory", () => {
    const inHome = path.join(os.homedir(), ".cache/otel-stack");
    for (const [what, env, expected] of [
        ["is below the home directory by default", {}, inHome],
        ["is below XDG_CACHE_HOME when set", { XDG_CACHE_HOME: "/x y" }, "/x y/otel-stack"],
        ["is OTEL_STACK_CACHE when set", { XDG_CACHE_HOME: "/x", OTEL_STACK_CACHE: "/a b" }, "/a b"],
        ["is absolute when OTEL_STACK_CACHE is relative", { OTEL_STACK_CACHE: "c" }, path.resolve("c")],
        ["ignores empty variables", { XDG_CACHE_HOME: "", OTEL_STACK_CACHE: "" }, inHome],
    ] as const) {
        it(what, () => {
            assert.equal(resolveCacheFolder(env), expected);
        });
    }
});

describe("official Pulumi plugins", () => {
    const ofUser = path.join(os.homedir(), ".pulumi");

    it("are searched in the user's Pulumi home", () => {
        assert.equal(resolveUserPulumiHome({}), ofUser);
        assert.equal(resolveUserPulumiHome({ PULUMI_HOME: "" }), ofUser);
        assert.equal(resolveUserPulumiHome({ PULUMI_HOME: "/elsewhere" }), "/elsewhere");
    });

    it("are not searched in the sandbox's Pulumi home, which make sandbox-env sets", () => {
        assert.equal(resolveUserPulumiHome(sandboxEnv()), ofUser);
    });

    it("are found only when complete, in the first directory that has them", () => {
        const work = createTemporaryDirectory();
        try {
            const [one, two] = [path.join(work, "one"), path.join(work, "two")];
            const folder = "resource-random-v4.21.2";
            assert.equal(findPlugin([one, two], folder), undefined);
            fs.mkdirSync(path.join(one, "plugins", folder), { recursive: true });
            fs.writeFileSync(path.join(one, "plugins", `${folder}.partial`), "");
            assert.equal(findPlugin([one, two], folder), undefined);
            fs.mkdirSync(path.join(two, "plugins", folder), { recursive: true });
            assert.equal(findPlugin([one, two], folder), path.join(two, "plugins", folder));
        } finally {
            removeDirectory(work);
        }
    });
});
