import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { CHART_MODULES } from "../../sandbox/programs";
import { provideProgram } from "../../sandbox/up";
import { manifestsWith, yaml } from "../manifests";
import { isRecord, type Settings, settingsOf } from "../mocked-stack";
import { chartOf } from "./chart";
import { programVersion, writeChart } from "./main";

/** Helm of the sandbox's version, built if need be. */
export async function provideHelm(): Promise<string> {
    const [module] = CHART_MODULES;
    return path.join(await provideProgram(module), "helm");
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
 * own values, and in another Namespace, which is in addresses too and so in the hashes of the files that have them.
 *
 * @throws with the first object that differs.
 */
export async function checkChart(stack: string, settings: Settings = settingsOf(stack)): Promise<void> {
    const helm = await provideHelm();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-chart-"));
    try {
        const chart = writeChart(await chartOf(stack, settings, programVersion()), folder);
        await lintChart(helm, chart);
        for (const other of [{}, { namespace: "elsewhere" }]) {
            const rendered = await renderWithHelm(helm, chart, other);
            assert.deepEqual(objectsIn(rendered), objectsIn(await manifestsWith(inNamespace(settings, other), stack)));
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
    console.log(`Stack ${stack}: helm accepts its chart, which is what 'make manifests' prints`);
}

function inNamespace(settings: Settings, { namespace }: { readonly namespace?: string }): Settings {
    const own = isRecord(settings.namespace) ? settings.namespace : {};
    return namespace === undefined ? settings : { ...settings, namespace: { ...own, name: namespace } };
}

/** The objects in a text of YAML, each as a text of its own, in one order: Helm has another than `make manifests`. */
export function objectsIn(text: string): string[] {
    return parseAllDocuments(text)
        .map((document) => document.toJS() as unknown)
        .filter(isRecord)
        .map(yaml)
        .sort();
}
