import type { Plan } from "../../config/model/plan";
import type { WorkloadNames } from "../../config/model/workload-names";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { PROMETHEUS_PORT } from "../prometheus/config";
import { destinationFlows } from "../network-policies/destination-flows";
import type { Flow } from "../network-policies/flow";

/** The connections of the trace tier, except the one to Jaeger. */
export function traceTierFlows(
    { collector, prometheus, traceTier }: WorkloadNames,
    { routes, settings, traceTier: tier }: Plan,
): readonly Flow[] {
    if (tier === undefined) {
        return [];
    }
    return [
        { from: collector, to: traceTier, port: COLLECTOR_PORTS.otlpGrpc, purpose: "traces" },
        // Metrics of spans, and the counts of spans that are repaired for Jaeger.
        ...(tier.spanMetrics || (settings.prometheus.enabled && routes.traces.includes("jaeger"))
            ? [{ from: traceTier, to: prometheus, port: PROMETHEUS_PORT, purpose: "push of metrics" }]
            : []),
        ...(settings.prometheus.enabled
            ? [
                  {
                      from: prometheus,
                      to: traceTier,
                      port: COLLECTOR_PORTS.telemetry,
                      purpose: "scrape of internal metrics",
                  },
              ]
            : []),
        ...destinationFlows(traceTier, tier.destinations),
    ];
}
