import { agentConfig } from "../../components/cluster/agent-config";
import type { CollectorConfig } from "../../components/collector/types";
import { keepsOnNodes } from "../../config/cluster";
import { routesOf } from "../../config/routes";
import { SIGNALS } from "../../config/signals";
import type { Settings } from "../../tools/mocked-stack";
import { settingsFrom } from "./settings";

/** The agent's configuration in a stack of the Namespace `ns`. */
export function agentWith(cluster: Settings, more: Settings = {}): CollectorConfig<unknown> {
    const settings = settingsFrom({ cluster, ...more });
    const routes = routesOf(settings);
    return agentConfig({
        cluster: settings.cluster,
        batch: settings.collector.batch,
        receiver: settings.collector.receiver,
        otlp: "otel-collector.ns:4317",
        ownNamespaces: ["ns", "ns-agent"],
        keepsOnNode: keepsOnNodes(settings),
        signals: SIGNALS.filter((signal) => routes[signal].length > 0),
    });
}
