import { formatYaml, omitAutoscaledReplicas, stripPulumiAnnotations } from "../render/manifests";
import {
    isRecord,
    removeRegistry,
    overrideNamespace,
    type Manifest,
    renderProgram,
    type Settings,
} from "../render/program";
import { HELPERS } from "./helpers";
import { renderNotes, type Outputs } from "./notes";
import { findPodSpecs, listContainers } from "../render/pods";
import { findUsedSecrets } from "./secrets";
import { type ConfigMapFiles, extractConfigMapFiles, NAMESPACE_PLACEHOLDER, renderTemplate } from "./template";
import { type ChartOptions, renderValues, renderValuesSchema } from "./values";

/** A Helm chart: the content of each file by its path in the chart folder. */
export interface Chart {
    readonly name: string;
    readonly version: string;
    readonly files: Readonly<Record<string, string>>;
}

/** Inputs of a chart. */
export interface ChartSource {
    readonly stack: string;
    /** Version of this program. The chart has the same version, because it contains the settings of the stack. */
    readonly version: string;
    /** Namespace in the settings of the stack. */
    readonly namespace: string;
    /** Registry that replaces the registry of every image. Empty keeps them. */
    readonly imageRegistry: string;
    /** Objects of the stack, rendered with `NAMESPACE_PLACEHOLDER` as the Namespace. */
    readonly manifests: readonly Manifest[];
    /** Stack outputs of the same rendering. */
    readonly outputs: Outputs;
}

/** The first Kubernetes version that enables the `sleep` preStop hook by default. The pods of the stack use it. */
const KUBE_VERSION = ">=1.30.0-0";

/** Renders a stack as a Helm chart. Runs the program without the Pulumi CLI and without a cluster. */
export async function renderStackChart(stack: string, settings: Settings, version: string): Promise<Chart> {
    const { program: original } = await renderProgram(settings, stack);
    const { program, recorder } = await renderProgram(
        overrideNamespace(removeRegistry(settings), NAMESPACE_PLACEHOLDER),
        stack,
    );
    const { applicationEnvFromYaml, applicationEnvShell, secureOtlp, portForwards, externalUrls } = program;
    return renderChart({
        stack,
        version,
        namespace: original.namespace,
        imageRegistry: findRegistry(settings),
        manifests: omitAutoscaledReplicas(recorder.manifests),
        outputs: {
            applicationEnvFromYaml,
            applicationEnvShell,
            portForwards,
            ...(secureOtlp ? { secureOtlp } : {}),
            ...(externalUrls ? { externalUrls } : {}),
        },
    });
}

function findRegistry({ images }: Settings): string {
    return isRecord(images) && typeof images.registry === "string" ? images.registry : "";
}

export function renderChart({ stack, version, namespace, imageRegistry, manifests, outputs }: ChartSource): Chart {
    const secrets = findUsedSecrets(manifests);
    const configMaps = manifests
        .filter(({ immutable, kind }) => kind === "ConfigMap" && immutable === true)
        .map(extractConfigMapFiles);
    const pods = manifests.flatMap(findPodSpecs);
    const options: ChartOptions = {
        namespace,
        imageRegistry,
        imagePullPolicy:
            pods.flatMap(listContainers).find(({ imagePullPolicy }) => imagePullPolicy)?.imagePullPolicy ??
            "IfNotPresent",
        imagePullSecrets: [
            ...new Set(pods.flatMap(({ imagePullSecrets = [] }) => imagePullSecrets.map(({ name }) => name))),
        ],
        createsNamespace: manifests.some(
            ({ kind, metadata }) => kind === "Namespace" && metadata.name === NAMESPACE_PLACEHOLDER,
        ),
        hasJobs: manifests.some(({ kind }) => kind === "Job"),
        secrets,
    };
    // The chart does not contain Secret values. Its values name existing Secrets.
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

/**
 * Returns the template when it contains no hashed ConfigMap name.
 *
 * @throws when a longer string contains the name, because the hash depends on the Namespace.
 */
function assertTemplatized(template: string, configMaps: readonly ConfigMapFiles[]): string {
    const fixed = configMaps.find(({ hashed, name }) => hashed && template.includes(name));
    if (fixed !== undefined) {
        throw new Error(`the chart cannot template the ConfigMap name ${fixed.name} inside a longer string`);
    }
    return template;
}

function renderChartFile(name: string, stack: string, version: string): string {
    return formatYaml({
        apiVersion: "v2",
        name,
        description: `An OpenTelemetry stack on Kubernetes, with the settings of stack ${stack}`,
        type: "application",
        version,
        appVersion: version,
        kubeVersion: KUBE_VERSION,
    });
}

/** Chart names are lower case without underscores. Helm limits release names, and so chart names, to 53 characters. */
function resolveChartName(stack: string): string {
    const name = `otel-stack-${stack}`;
    if (!/^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/.test(name)) {
        throw new Error(
            `${name} is not a valid chart name: the stack name must have at most 42 characters of a-z, 0-9 and -`,
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
        throw new Error(`the chart has two files named ${duplicate}`);
    }
    return Object.fromEntries(files);
}
