import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { resolveKubectlAccess, addKubectlFlags } from "../../../tools/stack/kube-context";
import { removeDirectory, createTemporaryDirectory, runWithPath, writeCommands } from "../../support/fake-commands";

describe("resolveKubectlAccess", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    const accessWith = (...config: readonly string[]): ReturnType<typeof resolveKubectlAccess> => {
        fs.writeFileSync(
            path.join(work, "Pulumi.mine.yaml"),
            ["config:", ...config.map((line) => `  ${line}`)].join("\n"),
        );
        return resolveKubectlAccess("mine", work);
    };
    const filesOf = (env: Readonly<Record<string, string>>): string[] => (env.KUBECONFIG ?? "").split(path.delimiter);

    it("changes nothing when the stack file names no cluster or does not exist", () => {
        assert.deepEqual(accessWith("otel-stack:rolloutTimeout: 5m"), { env: {} });
        assert.deepEqual(resolveKubectlAccess("other", work), { env: {} });
    });

    it("selects the context in addition to the current kubeconfig", () => {
        const { env, flags } = accessWith("kubernetes:context: kind-mine");
        const [context = "", ...others] = filesOf(env);
        assert.deepEqual(parse(fs.readFileSync(context, "utf8")), {
            apiVersion: "v1",
            kind: "Config",
            "current-context": "kind-mine",
        });
        assert.deepEqual(others, [process.env.KUBECONFIG ?? path.join(os.homedir(), ".kube/config")]);
        assert.deepEqual(flags, ["--context=kind-mine"]);
    });

    it("resolves a kubeconfig path from the stack file's directory", () => {
        const file = path.join(work, "team.yaml");
        fs.writeFileSync(file, "{}");
        const { env, flags } = accessWith("kubernetes:kubeconfig: ./team.yaml", "kubernetes:context: team");
        assert.equal(filesOf(env)[1], file);
        assert.deepEqual(flags, [`--kubeconfig=${file}`, "--context=team"]);
    });

    it("writes the content of a kubeconfig to a file of the current user", () => {
        const { env } = accessWith("kubernetes:kubeconfig: '{ kind: Config }'");
        const [file = ""] = filesOf(env);
        assert.equal(fs.readFileSync(file, "utf8"), "{ kind: Config }");
        assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    });

    it("prints no path of a temporary file in commands to paste", () => {
        const { flags } = accessWith("kubernetes:kubeconfig: '{ kind: Config }'");
        assert.deepEqual(flags, ["--kubeconfig=FILE-WITH-kubernetes:kubeconfig"]);
    });

    it("asks Pulumi for an encrypted kubeconfig", async () => {
        const bin = path.join(work, "bin");
        writeCommands(bin, { pulumi: 'echo "{ asked: $* }"' });
        const { env } = await runWithPath(`${bin}:${process.env.PATH ?? ""}`, () =>
            Promise.resolve(accessWith("kubernetes:kubeconfig: { secure: v1:abc }")),
        );
        const [file = ""] = filesOf(env);
        assert.equal(fs.readFileSync(file, "utf8"), "{ asked: config get kubernetes:kubeconfig --stack mine }");
    });

    it("rejects a kubeconfig that does not exist", () => {
        assert.throws(
            () => accessWith("kubernetes:kubeconfig: ./nowhere.yaml"),
            /kubernetes:kubeconfig must name an existing file; .*nowhere\.yaml does not exist/,
        );
    });
});

describe("addKubectlFlags", () => {
    it("adds quoted flags only to kubectl commands", () => {
        const flags = ["--kubeconfig=/my files/it's", "--context=kind-mine"];
        assert.equal(
            addKubectlFlags("kubectl logs -n ns kubectl ", flags),
            "kubectl '--kubeconfig=/my files/it'\\''s' --context=kind-mine logs -n ns kubectl ",
        );
        assert.equal(addKubectlFlags("make status", flags), "make status");
        assert.equal(addKubectlFlags("kubectl get pods"), "kubectl get pods");
    });
});
