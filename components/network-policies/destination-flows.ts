import { type Destination, endpointCidr, resolveDestinations, endpointPort } from "../../config/model/destinations";
import { type GrafanaPluginSettings, hasVictoriaLogsDataSource } from "../../config/model/grafana";
import type { StackSettings } from "../../config/schema/schema";
import type { Flow, ExternalPeer } from "../stack/flows";
import { ANY_ADDRESS, cidrPeers, namespacePeers } from "./peers";

/**
 * The port of Azure Monitor, whose connection string is a secret that must not show here, and of Grafana's plugin
 * catalog.
 */
const HTTPS_PORT = 443;

/** Connections to external destinations. */
export function destinationFlows(
    collector: string,
    settings: Pick<StackSettings, "azureMonitor" | "destinations">,
): readonly Flow[] {
    return resolveDestinations(settings).map((destination) => ({
        from: collector,
        to: destinationPeer(destination),
        port:
            destination.egress.port ?? (destination.kind === "otlp" ? endpointPort(destination.endpoint) : HTTPS_PORT),
        purpose: destination.signals.join(", "),
    }));
}

/** Connections to download the plugin that reads VictoriaLogs. */
export function pluginFlows(grafana: string, settings: GrafanaPluginSettings): readonly Flow[] {
    const { url } = settings.grafana.victoriaLogsPlugin;
    const endpointRange = url === undefined ? undefined : endpointCidr(url);
    return settings.grafana.enabled && hasVictoriaLogsDataSource(settings)
        ? [
              {
                  from: grafana,
                  to: {
                      name: "plugin catalog",
                      peers: endpointRange === undefined ? ANY_ADDRESS : cidrPeers([endpointRange]),
                  },
                  port: url === undefined ? HTTPS_PORT : endpointPort(url),
                  purpose: "download of the VictoriaLogs plugin",
              },
          ]
        : [];
}

function destinationPeer(destination: Destination): ExternalPeer {
    const { cidrs, namespaceSelectors } = destination.egress;
    const endpointRange = destination.kind === "otlp" ? endpointCidr(destination.endpoint) : undefined;
    const ranges = cidrs ?? (endpointRange === undefined ? [] : [endpointRange]);
    const peers = [...cidrPeers(ranges), ...namespacePeers(namespaceSelectors)];
    return { name: destination.name, peers: peers.length > 0 ? peers : ANY_ADDRESS };
}
