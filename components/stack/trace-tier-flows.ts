import { hasTraceTier } from "../../config/model/topology";
import { isSpanMetricsEnabled } from "../../config/model/routes";
import type { StackSettings } from "../../config/schema/schema";
import { resolveTraceTier } from "../../config/model/trace-tier";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { traceTierName } from "../collector/trace-tier";
import { PROMETHEUS_PORT } from "../prometheus/config";
import type { Flow, WorkloadNames } from "./flows";
import { destinationFlows } from "../network-policies/destination-flows";

/** The connections of the trace tier, except the one to Jaeger. */
export function traceTierFlows(
    { collector, prometheus }: Pick<WorkloadNames, "collector" | "prometheus">,
    settings: StackSettings,
): readonly Flow[] {
    const traceTier = traceTierName(collector);
    if (!hasTraceTier(settings)) {
        return [];
    }
    return [
        { from: collector, to: traceTier, port: COLLECTOR_PORTS.otlpGrpc, purpose: "traces" },
        ...(isSpanMetricsEnabled(settings)
            ? [{ from: traceTier, to: prometheus, port: PROMETHEUS_PORT, purpose: "push of span metrics" }]
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
        ...destinationFlows(traceTier, resolveTraceTier(settings)),
    ];
}
