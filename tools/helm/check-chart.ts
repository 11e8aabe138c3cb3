import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { CHART_MODULES } from "../../sandbox/go-modules";
import { buildModule } from "../../sandbox/start";
import { renderManifests, formatYaml } from "../render/manifests";
import { overrideNamespace, isRecord, type Settings, readStackSettings } from "../render/program";
import { renderStackChart } from "./chart";
import { readProgramVersion, writeChart } from "./main";

/** Helm of the sandbox's version, built if need be. */
export async function buildHelm(): Promise<string> {
    const [module] = CHART_MODULES;
    return path.join(await buildModule(module), "helm");
}

/**
 * Has Helm check a chart that stands in that folder.
 *
 * @throws with Helm's words where it finds something.
 */
async function lintChart(helm: string, folder: string): Promise<void> {
    const { failed, all } = await execa(helm, ["lint", "--strict", folder], { all: true, reject: false });
    if (failed) {
        throw new Error(`helm lint finds fault with the chart:\n${all}`);
    }
}

/** What Helm would apply of the chart, with those values in place of its own. */
export async function renderWithHelm(
    helm: string,
    folder: string,
    values: Readonly<Record<string, unknown>> = {},
): Promise<string> {
    const { stdout } = await execa(helm, ["template", "release", folder, "--values", "-"], {
        input: JSON.stringify(values),
    });
    return stdout;
}

/**
 * Has Helm check the chart of a stack, and compares what it would apply with what `make manifests` prints: by the chart's
 * own values, in another Namespace, which is in addresses too and so in the hashes of the files that have them, and in one
 * that was there, where pods of others are left alone.
 *
 * @throws with the first object that differs.
 */
export async function checkChart(stack: string, settings: Settings = readStackSettings(stack)): Promise<void> {
    const helm = await buildHelm();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-chart-"));
    try {
        const chart = await renderStackChart(stack, settings, readProgramVersion());
        const written = writeChart(chart, folder);
        await lintChart(helm, written);
        for (const [values, same] of equivalentSettings(settings, "templates/namespace.yaml" in chart.files)) {
            const rendered = await renderWithHelm(helm, written, values);
            assert.deepEqual(parseObjects(rendered), parseObjects(await renderManifests(same, stack)));
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
    console.log(`Stack ${stack}: helm accepts its chart, which is what 'make manifests' prints`);
}

/** Values of a chart, and the settings that say the same. */
function equivalentSettings(
    settings: Settings,
    makesNamespace: boolean,
): readonly (readonly [Readonly<Record<string, unknown>>, Settings])[] {
    const namespace = "elsewhere";
    const found = { name: namespace, create: false };
    return [
        [{}, settings],
        [{ namespace }, overrideNamespace(settings, namespace)],
        ...(makesNamespace
            ? [
                  [
                      { namespace, createNamespace: false },
                      { ...settings, namespace: found },
                  ] as const,
              ]
            : []),
    ];
}

/** The objects in a text of YAML, each as a text of its own, in one order: Helm has another than `make manifests`. */
export function parseObjects(text: string): string[] {
    return parseAllDocuments(text)
        .map((document) => document.toJS() as unknown)
        .filter(isRecord)
        .map(formatYaml)
        .sort();
}
