import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { type Manifest } from "../../../tools/render/program";
import { renderStackManifests, formatManifests } from "../../../tools/render/manifests";
import { renderStackConfigFiles } from "../../../tools/render/config-files";

function createManifest(kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): Manifest {
    return { apiVersion: "v1", kind, metadata: { name, namespace: "ns" }, ...more };
}

describe("formatManifests", () => {
    it("orders objects by dependency", () => {
        const manifests = [
            createManifest("Service", "b"),
            createManifest("ConfigMap", "c"),
            createManifest("Namespace", "d"),
            createManifest("Service", "a"),
        ];
        const rendered = formatManifests(manifests);
        assert.equal(formatManifests([...manifests].reverse()), rendered);
        assert.deepEqual(
            parseAllDocuments(rendered).map((document) => document.getIn(["metadata", "name"])),
            ["d", "c", "a", "b"],
        );
    });

    it("lists required Secrets without their values", () => {
        const secret = createManifest("Secret", "tokens", {
            type: "Opaque",
            data: { b: "aHVudGVyMg==" },
            stringData: { a: "hunter2" },
        });
        const rendered = formatManifests([secret]);
        assert.doesNotMatch(rendered, /hunter2|aHVudGVyMg/);
        assert.match(rendered, /# Secret tokens: .*\n# {3}namespace: ns\n# {3}type: Opaque\n# {3}keys: a, b\n/);
        assert.deepEqual(
            parseAllDocuments(rendered).map((document) => document.toJS() as unknown),
            [null],
        );
    });

    it("omits Pulumi annotations", async () => {
        assert.doesNotMatch(await renderStackManifests("dev"), /pulumi\.com\//);
    });
});

describe("renderStackConfigFiles", () => {
    it("returns each program's configuration files", async () => {
        const { collector, jaeger, loki, prometheus } = await renderStackConfigFiles("dev");
        assert.match(collector ?? "", /otlp_grpc\/jaeger/);
        assert.match(jaeger ?? "", /jaeger_storage/);
        assert.match(loki ?? "", /schema_config/);
        assert.match(prometheus ?? "", /scrape_configs/);
    });
});
