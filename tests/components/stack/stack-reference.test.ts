import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ROOT } from "../../../sandbox/directories";
import { parseSections } from "../../../tools/docs/markdown";
import { type ProgramOutputs, renderProgram, stripStackTraces } from "../../../tools/render/program";
import { createTemporaryDirectory, removeDirectory } from "../../support/fake-commands";

const DOCUMENT = path.join(ROOT, "docs/how-to/read-outputs.md");

interface Example {
    readonly jaeger: pulumi.Output<string | undefined>;
    readonly password: pulumi.Output<string>;
    readonly telemetry: { readonly data: pulumi.Output<Readonly<Record<string, string>>> };
}

function readValue<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}

/** Runs a program that reads these outputs of another stack. */
async function loadReader(file: string, { grafanaAdmin, ...outputs }: ProgramOutputs): Promise<Example> {
    const stackOutputs = { ...outputs, grafanaAdmin: { ...grafanaAdmin, password: "hidden" } };
    await pulumi.runtime.setMocks({
        newResource: ({ inputs, name, type }) => ({
            id: `${name}-id`,
            state:
                type === "pulumi:pulumi:StackReference"
                    ? { ...(inputs as object), outputs: stackOutputs, secretOutputNames: ["grafanaAdmin"] }
                    : { ...(inputs as object) },
        }),
        call: () => ({}),
    });
    return stripStackTraces(async () => (await import(file)) as Example);
}

describe("outputs in another program", () => {
    let folder: string;

    before(() => {
        folder = createTemporaryDirectory();
        fs.mkdirSync(path.join(folder, "node_modules"));
        fs.symlinkSync(path.join(ROOT, "node_modules/@pulumi"), path.join(folder, "node_modules/@pulumi"));
        fs.symlinkSync(ROOT, path.join(folder, "node_modules/otel-stack"));
    });

    after(() => {
        removeDirectory(folder);
    });

    it("have the values that the example of the document reads", async () => {
        const { program } = await renderProgram({});
        const [example] = parseSections(fs.readFileSync(DOCUMENT, "utf8"))
            .flatMap(({ fences }) => fences)
            .filter(({ info }) => info === "ts");
        const file = path.join(folder, "reader.ts");
        fs.writeFileSync(file, example?.code ?? assert.fail("the document has no example"));
        const { jaeger, password, telemetry } = await loadReader(file, program);
        assert.deepEqual(await readValue(telemetry.data), program.applicationEnv);
        assert.equal(await readValue(jaeger), "http://jaeger.playground-otel:16686");
        assert.equal(await readValue(password), "hidden");
        assert.ok(await pulumi.isSecret(password));
    });
});
