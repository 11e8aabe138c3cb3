import { hasTraceTier } from "../../config/layout";
import { makesSpanMetrics } from "../../config/routes";
import type { StackSettings } from "../../config/schema";
import { secondTier } from "../../config/tiers";
import { COLLECTOR_PORTS } from "../collector/ports";
import { traceTierName } from "../collector/trace-tier";
import { PROMETHEUS_PORT } from "../prometheus-config";
import type { Flow, WorkloadNames } from "./flows";
import { flowsFurther } from "./further-flows";

/** Those of the second tier of Collectors, beside its way to Jaeger. */
export function tierFlows(
    { collector, prometheus }: Pick<WorkloadNames, "collector" | "prometheus">,
    settings: StackSettings,
): readonly Flow[] {
    const traces = traceTierName(collector);
    if (!hasTraceTier(settings)) {
        return [];
    }
    return [
        { from: collector, to: traces, port: COLLECTOR_PORTS.otlpGrpc, why: "traces" },
        ...(makesSpanMetrics(settings)
            ? [{ from: traces, to: prometheus, port: PROMETHEUS_PORT, why: "metrics made from spans" }]
            : []),
        ...(settings.prometheus.enabled
            ? [
                  {
                      from: prometheus,
                      to: traces,
                      port: COLLECTOR_PORTS.telemetry,
                      why: "its own metrics, scraped",
                  },
              ]
            : []),
        ...flowsFurther(traces, secondTier(settings)),
    ];
}
