import { renderAgentConfig } from "../../components/cluster-telemetry/agent-config";
import type { CollectorConfig } from "../../components/collector/config/types/collector-config";
import type { Settings } from "../../tools/render/program";
import { parsePlan } from "./settings";

/** The agent's configuration in a stack of the Namespace `ns`. */
export function renderTestAgentConfig(agentSettings: Settings, more: Settings = {}): CollectorConfig<unknown> {
    const { clusterTelemetry, routedSignals, settings } = parsePlan({ clusterTelemetry: agentSettings, ...more });
    return renderAgentConfig({
        clusterTelemetry: settings.clusterTelemetry,
        batch: settings.collector.batch,
        receiver: settings.collector.receiver,
        otlpEndpoint: "otel-collector.ns:4317",
        ownNamespaces: ["ns", "ns-agent"],
        plan: clusterTelemetry,
        signals: routedSignals,
    });
}
