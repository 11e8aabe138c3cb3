import { type Destination, endpointCidr, endpointPort } from "../../config/model/destinations";
import type { Plan } from "../../config/model/plan";
import type { Flow, ExternalPeer } from "./flow";
import { ANY_ADDRESS, cidrPeers, namespacePeers } from "./peers";

/**
 * The port of Azure Monitor, whose connection string is a secret that must not show here, and of Grafana's plugin
 * catalog.
 */
const HTTPS_PORT = 443;

/** The connections from a tier of Collectors to its destinations. */
export function destinationFlows(collector: string, destinations: readonly Destination[]): readonly Flow[] {
    return destinations.map((destination) => ({
        from: collector,
        to: destinationPeer(destination),
        port:
            destination.egress.port ?? (destination.kind === "otlp" ? endpointPort(destination.endpoint) : HTTPS_PORT),
        purpose: destination.signals.join(", "),
    }));
}

/** Connections to download the plugin that reads VictoriaLogs. */
export function pluginFlows(
    grafana: string,
    { grafanaReadsVictoriaLogs, settings }: Pick<Plan, "grafanaReadsVictoriaLogs" | "settings">,
): readonly Flow[] {
    const { url } = settings.grafana.victoriaLogsPlugin;
    const endpointRange = url === undefined ? undefined : endpointCidr(url);
    return settings.grafana.enabled && grafanaReadsVictoriaLogs
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
    const endpointRange = destination.kind === "otlp" ? endpointCidr(destination.endpoint) : undefined;
    return resolveEgressPeer(destination.name, destination.egress, endpointRange);
}

/** @param defaultCidr Used if the settings contain no CIDRs. Without it, and without selectors, any address. */
export function resolveEgressPeer(
    name: string,
    { cidrs, namespaceSelectors }: Destination["egress"],
    defaultCidr?: string,
): ExternalPeer {
    const ranges = cidrs ?? (defaultCidr === undefined ? [] : [defaultCidr]);
    const peers = [...cidrPeers(ranges), ...namespacePeers(namespaceSelectors)];
    return { name, peers: peers.length > 0 ? peers : ANY_ADDRESS };
}
