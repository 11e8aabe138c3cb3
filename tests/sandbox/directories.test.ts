import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sandboxEnv } from "../../sandbox/environment";
import { resolveCacheFolder } from "../../sandbox/directories";
import { findPlugin, resolveUserPulumiHome } from "../../sandbox/pulumi-plugins";
import { removeDirectory, createTemporaryDirectory } from "../support/fake-commands";

describe("the cache's folder", () => {
    const inHome = path.join(os.homedir(), ".cache/otel-stack");
    for (const [what, env, expected] of [
        ["is in the home folder", {}, inHome],
        ["is in the user's cache folder", { XDG_CACHE_HOME: "/x y" }, "/x y/otel-stack"],
        ["is the one that is asked for", { XDG_CACHE_HOME: "/x", OTEL_STACK_CACHE: "/a b" }, "/a b"],
        ["is absolute, as programs are built elsewhere", { OTEL_STACK_CACHE: "c" }, path.resolve("c")],
        ["takes an empty variable for none", { XDG_CACHE_HOME: "", OTEL_STACK_CACHE: "" }, inHome],
    ] as const) {
        it(what, () => {
            assert.equal(resolveCacheFolder(env), expected);
        });
    }
});

describe("Pulumi's own plugins", () => {
    const ofUser = path.join(os.homedir(), ".pulumi");

    it("are looked for in the folder of the person who calls", () => {
        assert.equal(resolveUserPulumiHome({}), ofUser);
        assert.equal(resolveUserPulumiHome({ PULUMI_HOME: "" }), ofUser);
        assert.equal(resolveUserPulumiHome({ PULUMI_HOME: "/elsewhere" }), "/elsewhere");
    });

    it("are not looked for in the sandbox's own folder, where `make sandbox-env` points", () => {
        assert.equal(resolveUserPulumiHome(sandboxEnv()), ofUser);
    });

    it("count only where they are whole, in the first folder that has them", () => {
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
