import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { sandboxEnv } from "../../../sandbox/environment";
import { ROOT } from "../../../sandbox/directories";
import { pulumiArgs, pulumi, pulumiOutput, selectStack, listStacks, resolveStack } from "../../../tools/stack/stack";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    withPath,
    writeCommands,
} from "../../support/fake-commands";

describe("argumentsFor", () => {
    it("names the stack", () => {
        assert.deepEqual(pulumiArgs(resolveStack("dev"), ["up", "--yes"]), ["up", "--yes", "--stack", "dev"]);
    });

    const elsewhere = { ...resolveStack("dev"), configFile: "/tmp/my settings.yaml" };

    for (const command of ["up", "preview", "refresh", "destroy"]) {
        it(`names other settings for ${command}`, () => {
            assert.deepEqual(pulumiArgs(elsewhere, [command]).slice(1), [
                "--stack",
                "dev",
                "--config-file",
                "/tmp/my settings.yaml",
            ]);
        });
    }

    for (const args of [
        ["stack", "output", "--json"],
        ["cancel", "--yes"],
    ]) {
        it(`names no settings for ${args.join(" ")}, which knows none`, () => {
            assert.deepEqual(pulumiArgs(elsewhere, args), [...args, "--stack", "dev"]);
        });
    }
});

describe("stackOf", () => {
    it("points the sandbox's stack, and no other, at the sandbox", () => {
        assert.deepEqual(resolveStack("sandbox"), { name: "sandbox", env: sandboxEnv() });
        assert.deepEqual(resolveStack("dev"), { name: "dev", env: {} });
    });
});

describe("stackNames", () => {
    it("finds every stack that has a file of settings, and not the project's file", () => {
        const files = fs.readdirSync(ROOT).filter((file) => file.startsWith("Pulumi.") && file !== "Pulumi.yaml");
        assert.deepEqual(
            listStacks().map((name) => `Pulumi.${name}.yaml`),
            files,
        );
        for (const name of ["dev", "sandbox", "secure"]) {
            assert.ok(listStacks().includes(name), name);
        }
    });
});

describe("Pulumi commands", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    const withPulumi = <T>(script: string, run: () => Promise<T>): Promise<T> => {
        writeCommands(work, { pulumi: script });
        return withPath(`${work}:${process.env.PATH ?? ""}`, run);
    };

    it("run in the checkout, wherever the caller stands, on that stack", async () => {
        const said = await withPulumi('echo "$PWD: $*"', () => pulumiOutput(resolveStack("dev"), ["stack", "output"]));
        assert.equal(said, `${ROOT}: stack output --stack dev`);
    });

    it("make a stack that is new", async () => {
        const calls = path.join(work, "calls");
        await withPulumi(`echo "$*" > '${calls}'`, () => selectStack(resolveStack("dev")));
        assert.equal(fs.readFileSync(calls, "utf8"), "stack select --create dev\n");
    });

    it("say so where Pulumi does not take the stack", async () => {
        const message = await getRejectionMessage(withPulumi("exit 255", () => selectStack(resolveStack("dev"))));
        assert.equal(message, "pulumi cannot select stack dev; see its output above");
    });

    it("fail with the command that failed and its exit status", async () => {
        const message = await getRejectionMessage(
            withPulumi("exit 7", () => pulumi(resolveStack("dev"), ["up", "--yes"])),
        );
        assert.equal(message, "pulumi up --yes failed with exit status 7; see its output above");
    });

    it("fail with what Pulumi said where nobody watched", async () => {
        const failing = withPulumi("echo 'error: no such stack' >&2; exit 1", () =>
            pulumiOutput(resolveStack("dev"), ["stack", "output"]),
        );
        assert.match(await getRejectionMessage(failing), /error: no such stack/);
    });
});
