import { renderAgentConfig } from "../../components/cluster-telemetry/agent-config";
import type { CollectorConfig } from "../../components/collector/config/types/collector-config";
import { storesOnNodes } from "../../config/model/cluster-telemetry";
import { resolveRoutes } from "../../config/model/routes";
import { SIGNALS } from "../../config/types/signal";
import type { Settings } from "../../tools/render/program";
import { parseSettings } from "./settings";

/** The agent's configuration in a stack of the Namespace `ns`. */
export function renderTestAgentConfig(clusterTelemetry: Settings, more: Settings = {}): CollectorConfig<unknown> {
    const settings = parseSettings({ clusterTelemetry, ...more });
    const routes = resolveRoutes(settings);
    return renderAgentConfig({
        clusterTelemetry: settings.clusterTelemetry,
        batch: settings.collector.batch,
        receiver: settings.collector.receiver,
        otlpEndpoint: "otel-collector.ns:4317",
        ownNamespaces: ["ns", "ns-agent"],
        storesOnNode: storesOnNodes(settings),
        signals: SIGNALS.filter((signal) => routes[signal].length > 0),
    });
}
