import type { Plan } from "../../config/model/plan";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { traceTierName } from "../collector/trace-tier";
import { PROMETHEUS_PORT } from "../prometheus/config";
import type { Flow, WorkloadNames } from "./flows";
import { destinationFlows } from "../network-policies/destination-flows";

/** The flows of the trace tier, except those to Jaeger. */
export function traceTierFlows(
    { collector, prometheus }: Pick<WorkloadNames, "collector" | "prometheus">,
    { settings, traceTier }: Plan,
): readonly Flow[] {
    const name = traceTierName(collector);
    if (traceTier === undefined) {
        return [];
    }
    return [
        { from: collector, to: name, port: COLLECTOR_PORTS.otlpGrpc, purpose: "traces" },
        ...(traceTier.spanMetrics
            ? [{ from: name, to: prometheus, port: PROMETHEUS_PORT, purpose: "metrics made from spans" }]
            : []),
        ...(settings.prometheus.enabled
            ? [
                  {
                      from: prometheus,
                      to: name,
                      port: COLLECTOR_PORTS.telemetry,
                      purpose: "its own metrics, scraped",
                  },
              ]
            : []),
        ...destinationFlows(name, traceTier.destinations),
    ];
}
