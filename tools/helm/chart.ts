import { stripPulumiAnnotations, formatYaml } from "../render/manifests";
import { overrideNamespace, type Manifest, renderProgram, type Settings } from "../render/program";
import { HELPERS } from "./helpers";
import { renderNotes, type Outputs } from "./notes";
import { findUsedSecrets } from "./secrets";
import { type ConfigMapFiles, extractConfigMapFiles, NAMESPACE_PLACEHOLDER, renderTemplate } from "./template";
import { type ChartOptions, renderValues, renderValuesSchema } from "./values";

/** A Helm chart: each file by its path in the chart's folder. */
export interface Chart {
    readonly name: string;
    readonly version: string;
    readonly files: Readonly<Record<string, string>>;
}

/** What a chart is made of. */
export interface ChartSource {
    readonly stack: string;
    /** Of this program: a chart has no other, as the stack's settings are part of it. */
    readonly version: string;
    /** The Namespace that the stack's settings name. */
    readonly namespace: string;
    /** The stack's objects, rendered in the Namespace that stands for any. */
    readonly manifests: readonly Manifest[];
    /** What the program says of the stack so rendered. */
    readonly outputs: Outputs;
}

/** The first with preStop's `sleep` for everybody, by which pods leave slowly. */
const KUBE_VERSION = ">=1.30.0-0";

/** A stack as a chart, by running the program without a CLI and without a cluster. */
export async function renderStackChart(stack: string, settings: Settings, version: string): Promise<Chart> {
    const { program: original } = await renderProgram(settings, stack);
    const { program, recorder } = await renderProgram(overrideNamespace(settings, NAMESPACE_PLACEHOLDER), stack);
    const { applicationEnv, secureOtlp, portForwards, externalUrls } = program;
    return renderChart({
        stack,
        version,
        namespace: original.namespace,
        manifests: recorder.manifests,
        outputs: {
            applicationEnv,
            portForwards,
            ...(secureOtlp ? { secureOtlp } : {}),
            ...(externalUrls ? { externalUrls } : {}),
        },
    });
}

export function renderChart({ stack, version, namespace, manifests, outputs }: ChartSource): Chart {
    const secrets = findUsedSecrets(manifests);
    const configMaps = manifests.filter(({ kind }) => kind === "ConfigMap").map(extractConfigMapFiles);
    const options: ChartOptions = {
        namespace,
        createsNamespace: manifests.some(
            ({ kind, metadata }) => kind === "Namespace" && metadata.name === NAMESPACE_PLACEHOLDER,
        ),
        hasJobs: manifests.some(({ kind }) => kind === "Job"),
        secrets,
    };
    // A Secret's value belongs in no file: the chart names those that are there.
    const templates = manifests
        .filter(({ kind }) => kind !== "Secret")
        .map((manifest): [string, string] => [
            resolveTemplatePath(manifest, configMaps),
            assertTemplatized(renderTemplate(stripPulumiAnnotations(manifest), { secrets, configMaps }), configMaps),
        ]);
    const files = configMaps.flatMap(({ folder, files: all }) =>
        Object.entries(all).map(([file, content]): [string, string] => [`files/${folder}/${file}`, content]),
    );
    const name = resolveChartName(stack);
    return {
        name,
        version,
        files: assertUniquePaths([
            ["Chart.yaml", renderChartFile(name, stack, version)],
            ["values.yaml", renderValues(options)],
            ["values.schema.json", renderValuesSchema(options)],
            ["templates/_helpers.tpl", HELPERS],
            ["templates/NOTES.txt", renderNotes(outputs, secrets)],
            ...templates,
            ...files,
        ]),
    };
}

/** @throws where the name of a ConfigMap, which is another one in another Namespace, is part of a longer text. */
function assertTemplatized(template: string, configMaps: readonly ConfigMapFiles[]): string {
    const fixed = configMaps.find(({ hashed, name }) => hashed && template.includes(name));
    if (fixed !== undefined) {
        throw new Error(`the chart cannot leave the name ${fixed.name} open where it is a part of a text`);
    }
    return template;
}

function renderChartFile(name: string, stack: string, version: string): string {
    return formatYaml({
        apiVersion: "v2",
        name,
        description: `An OpenTelemetry stack on Kubernetes, as the settings of stack ${stack} describe it`,
        type: "application",
        version,
        appVersion: version,
        kubeVersion: KUBE_VERSION,
    });
}

/** Helm's names have neither capitals nor underscores, and are at most 53 characters long where releases take them over. */
function resolveChartName(stack: string): string {
    const name = `otel-stack-${stack}`;
    if (!/^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/.test(name)) {
        throw new Error(
            `no chart can be called ${name}: a stack of a chart has a name of at most 42 of a-z, 0-9 and -`,
        );
    }
    return name;
}

function resolveTemplatePath(
    { kind, metadata: { name, namespace } }: Manifest,
    configMaps: readonly ConfigMapFiles[],
): string {
    const folder = kind === "ConfigMap" ? configMaps.find((configMap) => configMap.name === name)?.folder : undefined;
    const parts = [namespace, kind.toLowerCase(), folder ?? name].filter(
        (part) => part !== undefined && part !== NAMESPACE_PLACEHOLDER,
    );
    return `templates/${parts.join("-")}.yaml`;
}

function assertUniquePaths(files: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
    const paths = files.map(([path]) => path);
    const duplicate = paths.find((path, index) => paths.indexOf(path) !== index);
    if (duplicate !== undefined) {
        throw new Error(`the chart would have two files ${duplicate}`);
    }
    return Object.fromEntries(files);
}
