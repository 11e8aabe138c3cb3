import { alert } from "./alert";
import type { AlertingRule } from "./types";

/** Of the second tier of Collectors. One pod of it that is gone is a target that is down: TargetDown says so. */
export function traceTierDown(job: string): AlertingRule {
    return alert("TraceTierDown", "critical", {
        expr: `absent(up{job="${job}"} == 1)`,
        for: "1m",
        summary: "No Collector of the second tier can be reached",
        description: "Traces wait in the queues of the first tier, or Prometheus cannot see who takes them.",
    });
}
