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
    runWithPath,
    writeCommands,
} from "../../support/fake-commands";

describe("pulumiArgs", () => {
    it("adds the stack", () => {
        assert.deepEqual(pulumiArgs(resolveStack("dev"), ["up", "--yes"]), ["up", "--yes", "--stack", "dev"]);
    });

    const elsewhere = { ...resolveStack("dev"), configFile: "/tmp/my settings.yaml" };

    for (const command of ["up", "preview", "refresh", "destroy"]) {
        it(`adds other settings to ${command}`, () => {
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
        it(`adds no settings to ${args.join(" ")}, which accepts none`, () => {
            assert.deepEqual(pulumiArgs(elsewhere, args), [...args, "--stack", "dev"]);
        });
    }
});

describe("resolveStack", () => {
    it("sets the sandbox environment only for stack sandbox", () => {
        assert.deepEqual(resolveStack("sandbox"), { name: "sandbox", env: sandboxEnv() });
        assert.deepEqual(resolveStack("dev"), { name: "dev", env: {} });
    });
});

describe("listStacks", () => {
    it("returns every stack with a settings file, without the project's file", () => {
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
        return runWithPath(`${work}:${process.env.PATH ?? ""}`, run);
    };

    it("run in the repository root on the given stack", async () => {
        const said = await withPulumi('echo "$PWD: $*"', () => pulumiOutput(resolveStack("dev"), ["stack", "output"]));
        assert.equal(said, `${ROOT}: stack output --stack dev`);
    });

    it("create a missing stack", async () => {
        const calls = path.join(work, "calls");
        await withPulumi(`echo "$*" > '${calls}'`, () => selectStack(resolveStack("dev")));
        assert.equal(fs.readFileSync(calls, "utf8"), "stack select --create dev\n");
    });

    it("select a stack again whose state a killed Pulumi has left with an empty attribute file", async () => {
        const folder = path.join(work, ".pulumi", "stacks", "otel-stack");
        const files = { empty: path.join(folder, "dev.json.attrs"), whole: path.join(folder, "other.json.attrs") };
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(files.empty, "");
        fs.writeFileSync(files.whole, "{}");
        const script = [
            `if [ "$1" = whoami ]; then echo '{ "user": "me", "url": "file://${work}" }'; exit; fi`,
            `[ ! -e '${files.empty}' ]`,
        ];
        await withPulumi(script.join("\n"), () => selectStack(resolveStack("dev")));
        assert.ok(!fs.existsSync(files.empty));
        assert.equal(fs.readFileSync(files.whole, "utf8"), "{}");
    });

    it("leave a backend alone that is no folder", async () => {
        const script = `if [ "$1" = whoami ]; then echo '{ "url": "https://api.example.com" }'; else exit 1; fi`;
        const message = await getRejectionMessage(withPulumi(script, () => selectStack(resolveStack("dev"))));
        assert.equal(message, "pulumi cannot select stack dev; see its output above");
    });

    it("report a stack that Pulumi rejects", async () => {
        const message = await getRejectionMessage(withPulumi("exit 255", () => selectStack(resolveStack("dev"))));
        assert.equal(message, "pulumi cannot select stack dev; see its output above");
    });

    it("fail with the failed command and its exit status", async () => {
        const message = await getRejectionMessage(
            withPulumi("exit 7", () => pulumi(resolveStack("dev"), ["up", "--yes"])),
        );
        assert.equal(message, "pulumi up --yes failed with exit status 7; see its output above");
    });

    it("fail with Pulumi's output when it was captured", async () => {
        const failing = withPulumi("echo 'error: no such stack' >&2; exit 1", () =>
            pulumiOutput(resolveStack("dev"), ["stack", "output"]),
        );
        assert.match(await getRejectionMessage(failing), /error: no such stack/);
    });
});
