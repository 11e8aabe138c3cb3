import { type Destination, addressRange, destinationsOf, portOf } from "../../config/destinations";
import { type PluginSettings, readsVictoriaLogs } from "../../config/grafana-plugins";
import type { StackSettings } from "../../config/schema";
import type { Flow, Outsider } from "./flows";
import { ANYWHERE, peersAt, peersIn } from "./peers";

/** Of Azure Monitor, whose connection string is a secret: nothing of it is told; and of Grafana's catalog. */
const HTTPS = 443;

/** Out of the stack, to the destinations that the settings name. */
export function flowsFurther(
    collector: string,
    settings: Pick<StackSettings, "azureMonitor" | "destinations">,
): readonly Flow[] {
    return destinationsOf(settings).map((destination) => ({
        from: collector,
        to: outside(destination),
        port: destination.egress.port ?? (destination.kind === "otlp" ? portOf(destination.endpoint) : HTTPS),
        why: destination.signals.join(", "),
    }));
}

/** Out of the stack, to where Grafana finds the plugin that reads VictoriaLogs. */
export function pluginFlows(grafana: string, settings: PluginSettings): readonly Flow[] {
    const { url } = settings.grafana.victoriaLogsPlugin;
    const known = url === undefined ? undefined : addressRange(url);
    return settings.grafana.enabled && readsVictoriaLogs(settings)
        ? [
              {
                  from: grafana,
                  to: { name: "plugins", peers: known === undefined ? ANYWHERE : peersAt([known]) },
                  port: url === undefined ? HTTPS : portOf(url),
                  why: "the plugin that reads VictoriaLogs",
              },
          ]
        : [];
}

function outside(destination: Destination): Outsider {
    const { cidrs, namespaces } = destination.egress;
    const known = destination.kind === "otlp" ? addressRange(destination.endpoint) : undefined;
    const ranges = cidrs ?? (known === undefined ? [] : [known]);
    const peers = [...peersAt(ranges), ...peersIn(namespaces)];
    return { name: destination.name, peers: peers.length > 0 ? peers : ANYWHERE };
}
