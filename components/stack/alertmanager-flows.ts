import type { Plan } from "../../config/model/plan";
import type { WorkloadNames } from "../../config/model/workload-names";
import { ALERTMANAGER_PORTS } from "../alertmanager/config";
import type { Flow } from "../network-policies/flow";
import { resolveEgressPeer } from "../network-policies/destination-flows";

/** Resolves the connections to Alertmanager, between its pods, and to the receivers. */
export function alertmanagerFlows(
    { alertmanager, grafana, prometheus }: WorkloadNames,
    { alertmanager: plan, settings }: Plan,
): readonly Flow[] {
    if (plan === undefined) {
        return [];
    }
    const api = { to: alertmanager, port: ALERTMANAGER_PORTS.http } as const;
    return [
        { ...api, from: prometheus, purpose: "alerts, scrape of internal metrics" },
        ...(settings.grafana.enabled ? [{ ...api, from: grafana, purpose: "queries, silences" }] : []),
        ...(plan.replicas > 1
            ? [
                  {
                      from: alertmanager,
                      to: alertmanager,
                      port: ALERTMANAGER_PORTS.gossip,
                      protocols: ["TCP", "UDP"] as const,
                      purpose: "gossip",
                  },
              ]
            : []),
        ...plan.receivers.flatMap(({ egress, name, ports }) =>
            ports.map((port) => ({
                from: alertmanager,
                to: resolveEgressPeer(name, egress),
                port,
                purpose: "notifications",
            })),
        ),
    ];
}
