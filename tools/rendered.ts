import { type Manifest, isRecord, runProgram, settingsOf } from "./mocked-stack";

/** The configuration files of a stack, for the programs that read them to check; a backend that is off has none. */
export interface RenderedFiles {
    readonly collector?: string;
    readonly jaeger?: string;
    readonly prometheus?: string;
}

const CONFIG_MAPS = {
    collector: "otel-collector-config",
    jaeger: "jaeger-config",
    prometheus: "prometheus-config",
} as const;

/** The files as they stand in the ConfigMaps that the stack would create. */
export async function renderedFiles(stack: string): Promise<RenderedFiles> {
    const { recorder } = await runProgram(settingsOf(stack), stack);
    return Object.fromEntries(
        Object.entries(CONFIG_MAPS).flatMap(([program, name]) => {
            const file = fileOf(recorder.manifests, name);
            return file === undefined ? [] : [[program, file]];
        }),
    );
}

function fileOf(manifests: readonly Manifest[], name: string): string | undefined {
    const configMap = manifests.find(
        ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.replace(/-[0-9a-f]{8}$/, "") === name,
    );
    const data = configMap?.data;
    const [file] = isRecord(data) ? Object.values(data) : [];
    return typeof file === "string" ? file : undefined;
}
