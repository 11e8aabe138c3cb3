import { alert } from "./alert";
import type { AlertingRule } from "./types";

/** Fires when no pod is left. TargetDown fires for a single pod. */
export function traceTierDown(job: string): AlertingRule {
    return alert("TraceTierDown", "critical", {
        expr: `absent(up{job="${job}"} == 1)`,
        for: "1m",
        summary: "No Collector of the trace tier is reachable",
        description: "Traces wait in the queues of the ingest tier, or Prometheus cannot scrape the trace tier.",
    });
}
