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

/** Builds Helm unless it is cached, and returns its path. */
export async function buildHelm(): Promise<string> {
    const [module] = CHART_MODULES;
    return path.join(await buildModule(module), "helm");
}

/**
 * Runs `helm lint --strict` on a chart folder.
 *
 * @throws when helm reports an issue, with its output.
 */
async function lintChart(helm: string, folder: string): Promise<void> {
    const { failed, all } = await execa(helm, ["lint", "--strict", folder], { all: true, reject: false });
    if (failed) {
        throw new Error(`helm lint rejects the chart:\n${all}`);
    }
}

/**
 * Renders a chart with `helm template`.
 *
 * @param values Values that override those of the chart.
 */
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
 * Lints the chart of a stack, and compares the output of `helm template` with the output of `make manifests`.
 *
 * Compares three cases: the default values, another Namespace, and an existing Namespace. Another Namespace changes
 * addresses, and with them the hashes in ConfigMap names. In an existing Namespace, the policies select only pods of
 * the stack.
 *
 * @throws when helm rejects the chart, or when an object differs.
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
    console.log(`Stack ${stack}: helm accepts the chart, and its output equals that of 'make manifests'`);
}

/** Returns pairs of chart values and equivalent stack settings. */
function equivalentSettings(
    settings: Settings,
    makesNamespace: boolean,
): readonly (readonly [Readonly<Record<string, unknown>>, Settings])[] {
    const namespace = "other-namespace";
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

/** Parses YAML documents into sorted, formatted objects, because Helm and `make manifests` print different orders. */
export function parseObjects(text: string): string[] {
    return parseAllDocuments(text)
        .map((document) => document.toJS() as unknown)
        .filter(isRecord)
        .map(formatYaml)
        .sort();
}
