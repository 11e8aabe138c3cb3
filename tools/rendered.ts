import { RULES_FILE } from "../components/prometheus-config";
import { type Manifest, type Settings, isRecord, runProgram, settingsOf } from "./mocked-stack";

/** The configuration files of a stack, for the programs that read them to check; a backend that is off has none. */
export interface RenderedFiles {
    readonly collector?: string;
    /** Of the second tier of Collectors. */
    readonly traces?: string;
    readonly jaeger?: string;
    readonly loki?: string;
    readonly prometheus?: string;
    /** The file beside it. */
    readonly rules?: string;
}

/** Of each file, the ConfigMap without its hash and the key. */
const CONFIG_MAPS = {
    collector: ["otel-collector-config", "config.yaml"],
    traces: ["otel-collector-traces-config", "config.yaml"],
    jaeger: ["jaeger-config", "config.yaml"],
    loki: ["loki-config", "config.yaml"],
    prometheus: ["prometheus-config", "prometheus.yml"],
    rules: ["prometheus-config", RULES_FILE],
} as const;

/** The files as they stand in the ConfigMaps that the stack would create. */
export async function renderedFiles(stack: string): Promise<RenderedFiles> {
    return filesOf(settingsOf(stack), stack);
}

/** The same of a stack with those settings. */
export async function filesOf(settings: Settings, stack?: string): Promise<RenderedFiles> {
    const { recorder } = await runProgram(settings, stack);
    return filesIn(recorder.manifests);
}

export function filesIn(manifests: readonly Manifest[]): RenderedFiles {
    return Object.fromEntries(
        Object.entries(CONFIG_MAPS).flatMap(([program, [name, key]]) => {
            const file = fileOf(manifests, name, key);
            return file === undefined ? [] : [[program, file]];
        }),
    );
}

function fileOf(manifests: readonly Manifest[], name: string, key: string): string | undefined {
    const configMap = manifests.find(
        ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.replace(/-[0-9a-f]{8}$/, "") === name,
    );
    const data = configMap?.data;
    const file = isRecord(data) ? data[key] : undefined;
    return typeof file === "string" ? file : undefined;
}
