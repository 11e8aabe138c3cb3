import type { CollectorConfig } from "../../components/collector/config/types/collector-config";
import { renderProgram } from "../../tools/render/program";
import { readConfigMap } from "./manifests";

/**
 * Renders the stack with settings and returns the configuration of its Collector.
 *
 * @param configMap Name of the ConfigMap without its hash, for a Collector other than the one of the ingest tier.
 */
export async function renderStackCollectorConfig(
    raw: Readonly<Record<string, unknown>>,
    configMap = "otel-collector-config",
): Promise<CollectorConfig> {
    const { recorder } = await renderProgram(raw);
    return readConfigMap(recorder, configMap).config as CollectorConfig;
}
