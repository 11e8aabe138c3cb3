import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { type Manifest } from "../tools/mocked-stack";
import { manifestsOf, renderManifests } from "../tools/manifests";
import { renderedFiles } from "../tools/rendered";
import { settingsReference } from "../tools/settings-doc";

function manifest(kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): Manifest {
    return { apiVersion: "v1", kind, metadata: { name, namespace: "ns" }, ...more };
}

describe("the stack as plain YAML", () => {
    it("has what others stand on first, whatever order it was registered in", () => {
        const manifests = [
            manifest("Service", "b"),
            manifest("ConfigMap", "c"),
            manifest("Namespace", "d"),
            manifest("Service", "a"),
        ];
        const rendered = renderManifests(manifests);
        assert.equal(renderManifests([...manifests].reverse()), rendered);
        assert.deepEqual(
            parseAllDocuments(rendered).map((document) => document.getIn(["metadata", "name"])),
            ["d", "c", "a", "b"],
        );
    });

    it("says which Secret to create, and shows none of it", () => {
        const secret = manifest("Secret", "tokens", {
            type: "Opaque",
            data: { b: "aHVudGVyMg==" },
            stringData: { a: "hunter2" },
        });
        const rendered = renderManifests([secret]);
        assert.doesNotMatch(rendered, /hunter2|aHVudGVyMg/);
        assert.match(rendered, /# Secret tokens: .*\n# {3}namespace: ns\n# {3}type: Opaque\n# {3}keys: a, b\n/);
        assert.deepEqual(
            parseAllDocuments(rendered).map((document) => document.toJS() as unknown),
            [null],
        );
    });

    it("leaves out what only Pulumi reads", async () => {
        assert.doesNotMatch(await manifestsOf("dev"), /pulumi\.com\//);
    });
});

describe("the rendered files", () => {
    it("are the configuration of each program", async () => {
        const { collector, jaeger, loki, prometheus } = await renderedFiles("dev");
        assert.match(collector ?? "", /otlp_grpc\/jaeger/);
        assert.match(jaeger ?? "", /jaeger_storage/);
        assert.match(loki ?? "", /schema_config/);
        assert.match(prometheus ?? "", /scrape_configs/);
    });
});

describe("docs/settings.md", () => {
    it("is what the schema says (tools/settings-doc.ts writes it)", () => {
        const file = path.join(__dirname, "../docs/settings.md");
        assert.equal(fs.readFileSync(file, "utf8"), settingsReference());
    });
});
