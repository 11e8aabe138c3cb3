import { withoutPulumi, yaml } from "../manifests";
import { inNamespace, type Manifest, runProgram, type Settings } from "../mocked-stack";
import { HELPERS } from "./helpers";
import { notesOf, type Outputs } from "./notes";
import { usedSecrets } from "./secrets";
import { type ConfigMapFiles, configMapFiles, NAMESPACE, templateOf } from "./template";
import { type ChartFacts, valuesFile, valuesSchema } from "./values";

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
export async function chartOf(stack: string, settings: Settings, version: string): Promise<Chart> {
    const { program: named } = await runProgram(settings, stack);
    const { program, recorder } = await runProgram(inNamespace(settings, NAMESPACE), stack);
    const { application, guard, portForwards, published } = program;
    return renderChart({
        stack,
        version,
        namespace: named.namespace,
        manifests: recorder.manifests,
        outputs: { application, portForwards, ...(guard ? { guard } : {}), ...(published ? { published } : {}) },
    });
}

export function renderChart({ stack, version, namespace, manifests, outputs }: ChartSource): Chart {
    const secrets = usedSecrets(manifests);
    const configMaps = manifests.filter(({ kind }) => kind === "ConfigMap").map(configMapFiles);
    const facts: ChartFacts = {
        namespace,
        makesNamespace: manifests.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === NAMESPACE),
        hasJobs: manifests.some(({ kind }) => kind === "Job"),
        secrets,
    };
    // A Secret's value belongs in no file: the chart names those that are there.
    const templates = manifests
        .filter(({ kind }) => kind !== "Secret")
        .map((manifest): [string, string] => [
            templatePath(manifest, configMaps),
            allOpen(templateOf(withoutPulumi(manifest), { secrets, configMaps }), configMaps),
        ]);
    const files = configMaps.flatMap(({ folder, files: all }) =>
        Object.entries(all).map(([file, content]): [string, string] => [`files/${folder}/${file}`, content]),
    );
    const name = chartName(stack);
    return {
        name,
        version,
        files: unique([
            ["Chart.yaml", chartFile(name, stack, version)],
            ["values.yaml", valuesFile(facts)],
            ["values.schema.json", valuesSchema(facts)],
            ["templates/_helpers.tpl", HELPERS],
            ["templates/NOTES.txt", notesOf(outputs, secrets)],
            ...templates,
            ...files,
        ]),
    };
}

/** @throws where the name of a ConfigMap, which is another one in another Namespace, is part of a longer text. */
function allOpen(template: string, configMaps: readonly ConfigMapFiles[]): string {
    const fixed = configMaps.find(({ hashed, name }) => hashed && template.includes(name));
    if (fixed !== undefined) {
        throw new Error(`the chart cannot leave the name ${fixed.name} open where it is a part of a text`);
    }
    return template;
}

function chartFile(name: string, stack: string, version: string): string {
    return yaml({
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
function chartName(stack: string): string {
    const name = `otel-stack-${stack}`;
    if (!/^[a-z0-9](?:[-a-z0-9]{0,51}[a-z0-9])?$/.test(name)) {
        throw new Error(
            `no chart can be called ${name}: a stack of a chart has a name of at most 42 of a-z, 0-9 and -`,
        );
    }
    return name;
}

function templatePath(
    { kind, metadata: { name, namespace } }: Manifest,
    configMaps: readonly ConfigMapFiles[],
): string {
    const folder = kind === "ConfigMap" ? configMaps.find((configMap) => configMap.name === name)?.folder : undefined;
    const parts = [namespace, kind.toLowerCase(), folder ?? name].filter(
        (part) => part !== undefined && part !== NAMESPACE,
    );
    return `templates/${parts.join("-")}.yaml`;
}

function unique(files: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
    const paths = files.map(([path]) => path);
    const twice = paths.find((path, index) => paths.indexOf(path) !== index);
    if (twice !== undefined) {
        throw new Error(`the chart would have two files ${twice}`);
    }
    return Object.fromEntries(files);
}
