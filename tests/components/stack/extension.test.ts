import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { loadTransformations } from "../../../components/stack/extension";
import { ROOT } from "../../../sandbox/directories";
import { isManifest } from "../../../tools/render/program";
import { parseSections } from "../../../tools/docs/markdown";
import { createTemporaryDirectory, getRejectionMessage, removeDirectory } from "../../support/fake-commands";
import { getField } from "../../support/manifests";

const DOCUMENT = path.join(ROOT, "docs/how-to/extend.md");

describe("extend.ts", () => {
    let folder: string;

    beforeEach(() => {
        folder = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(folder);
    });

    const write = (text: string): void => {
        fs.writeFileSync(path.join(folder, "extend.ts"), text);
    };

    it("is optional", async () => {
        assert.deepEqual(await loadTransformations(folder), []);
    });

    it("changes the manifests as the example of the document says", () => {
        const [example] = parseSections(fs.readFileSync(DOCUMENT, "utf8"))
            .flatMap(({ fences }) => fences)
            .filter(({ info }) => info === "ts");
        write(example?.code ?? assert.fail("the document has no example"));
        const start = path.join(ROOT, "tools/pulumi/start.cjs");
        const program = path.join(ROOT, "tools/render/manifests.ts");
        const output = execFileSync(process.execPath, ["--require", start, program, "dev"], {
            cwd: folder,
            encoding: "utf8",
        });
        const manifests = parseAllDocuments(output)
            .map((document) => document.toJS() as unknown)
            .filter(isManifest);
        const pods = manifests.filter((manifest) => getField(manifest, "spec", "template", "spec", "dnsConfig"));
        assert.deepEqual(
            pods.map(({ metadata }) => metadata.name),
            ["otel-collector"],
        );
        const services = manifests.filter(({ kind }) => kind === "Service");
        assert.ok(services.length > 0);
        for (const { metadata } of services) {
            assert.equal(metadata.annotations?.["example.com/team"], "observability", metadata.name);
        }
    }).timeout(60_000);

    for (const [title, text, message] of [
        ["exports no list", "export const transformations = {};", "must export transformations, a list of functions"],
        ["exports nothing", "export {};", "must export transformations"],
        ["has another export", "export const transformations = []; export const transforms = [];", "(got transforms)"],
        ["is no TypeScript", "export const = ;", "cannot be loaded: "],
        ["fails", "throw new Error('no vault');", "cannot be loaded: no vault"],
    ] as const) {
        it(`is rejected if it ${title}`, async () => {
            write(`${text}\n`);
            const error = await getRejectionMessage(loadTransformations(folder));
            assert.ok(error.startsWith("extend.ts ") && error.includes(message), error);
        });
    }
});
