import { TEMPLATES_FILE } from "../../components/alertmanager/config";
import { RULES_FILE } from "../../components/prometheus/config";
import { type Manifest, type Settings, isRecord, renderProgram, readStackSettings } from "./program";

/** The configuration files of a stack. A disabled backend has no file. */
export interface ConfigFiles {
    readonly collector?: string;
    /** Configuration of the trace tier. */
    readonly traces?: string;
    readonly jaeger?: string;
    readonly loki?: string;
    readonly prometheus?: string;
    readonly alertmanager?: string;
    /** Templates file of Alertmanager. */
    readonly templates?: string;
    /** Rules file of Prometheus. */
    readonly rules?: string;
}

/** For each file, the ConfigMap name without its hash, and the key. */
const CONFIG_MAPS = {
    collector: ["otel-collector-config", "config.yaml"],
    traces: ["otel-collector-traces-config", "config.yaml"],
    jaeger: ["jaeger-config", "config.yaml"],
    loki: ["loki-config", "config.yaml"],
    alertmanager: ["alertmanager-config", "alertmanager.yml"],
    templates: ["alertmanager-config", TEMPLATES_FILE],
    prometheus: ["prometheus-config", "prometheus.yml"],
    rules: ["prometheus-config", RULES_FILE],
} as const;

/** Renders the configuration files of a stack file. */
export async function renderStackConfigFiles(stack: string): Promise<ConfigFiles> {
    return renderConfigFiles(readStackSettings(stack), stack);
}

/** Renders the configuration files of a stack with the given settings. */
export async function renderConfigFiles(settings: Settings, stack?: string): Promise<ConfigFiles> {
    const { recorder } = await renderProgram(settings, stack);
    return extractConfigFiles(recorder.manifests);
}

export function extractConfigFiles(manifests: readonly Manifest[]): ConfigFiles {
    return Object.fromEntries(
        Object.entries(CONFIG_MAPS).flatMap(([program, [name, key]]) => {
            const file = findFile(manifests, name, key);
            return file === undefined ? [] : [[program, file]];
        }),
    );
}

function findFile(manifests: readonly Manifest[], name: string, key: string): string | undefined {
    const configMap = manifests.find(
        ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.replace(/-[0-9a-f]{8}$/, "") === name,
    );
    const data = configMap?.data;
    const file = isRecord(data) ? data[key] : undefined;
    return typeof file === "string" ? file : undefined;
}
