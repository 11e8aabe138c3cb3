import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { isRecord } from "../../config/types/raw";
import { ROOT } from "../../sandbox/directories";
import { readProgramVersion } from "../../tools/helm/main";
import { renderStackChart } from "../../tools/helm/chart";
import { readStackSettings } from "../../tools/render/program";

/** The values of the chart in the manifests of a page. */
function findValues(page: string): { readonly values: Readonly<Record<string, unknown>>; readonly text: string } {
    const text = fs.readFileSync(path.join(ROOT, "docs/how-to", page), "utf8");
    const blocks = [...text.matchAll(/^( *)```yaml\n([^]*?)^ *```$/gm)].map(([, indent = "", block = ""]) =>
        block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    );
    const objects = blocks.flatMap((block) => parseAllDocuments(block).map((document) => document.toJS() as unknown));
    const values = objects.flatMap(findChartValues);
    assert.equal(values.length, 1, page);
    return { values: values[0] ?? {}, text };
}

function findChartValues(value: unknown): readonly Readonly<Record<string, unknown>>[] {
    return isRecord(value)
        ? Object.entries(value).flatMap(([key, child]) =>
              (key === "values" || key === "valuesObject") && isRecord(child) ? [child] : findChartValues(child),
          )
        : [];
}

for (const page of ["argo-cd.md", "flux.md"]) {
    describe(`manifests of docs/how-to/${page}`, () => {
        it("set values that the chart has, for a chart that make helm-chart writes", async () => {
            const { text, values } = findValues(page);
            const chart = await renderStackChart("secure", readStackSettings("secure"), readProgramVersion());
            const known = parse(chart.files["values.yaml"] ?? "") as Readonly<Record<string, unknown>>;
            for (const [key, value] of Object.entries(values)) {
                assert.equal(typeof value, typeof known[key], key);
            }
            assert.ok(text.includes(`${chart.name}-${chart.version}.tgz`));
            assert.ok(new RegExp(`(?:targetRevision|tag): ${chart.version}$`, "m").test(text));
        });
    });
}
