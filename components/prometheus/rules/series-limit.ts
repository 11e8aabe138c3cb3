import { alert } from "./alert";
import { RECORDING_RULES } from "./recording";
import type { RuleGroup } from "./types";

/** The queries look at all series, so they run less often than the others. */
const INTERVAL = "1m";

/**
 * Names the service and the metric with the most series while a Collector drops series. The Collector counts dropped
 * points, but not whose they are. A service at its limit has more series than the others.
 *
 * @param stackJobs Names of the scrape jobs of the stack.
 */
export function renderSeriesLimitRules(stackJobs: readonly string[]): RuleGroup {
    const series = `{__name__!="",job!~"|${stackJobs.join("|")}"}`;
    const largestService = `topk(1, count by (job) (${series}))`;
    const largestMetrics = `topk by (job) (1, count by (job, __name__) (${series}))`;
    return {
        name: "otel-stack-series",
        interval: INTERVAL,
        rules: [
            {
                record: RECORDING_RULES.largestMetric,
                expr: `label_replace(${largestMetrics} and on (job) ${largestService}, "metric", "$1", "__name__", "(.+)")`,
            },
            alert("CollectorDroppingSeries", "critical", {
                expr: `${RECORDING_RULES.largestMetric} and on () sum(${RECORDING_RULES.seriesDropped}) > 0`,
                summary: "Service {{ $labels.job }} has too many series of {{ $labels.metric }}",
                description:
                    "Prometheus has {{ $value | humanize }} series of it. The Collector drops the points of other ones, and counts them in otelcol:series_dropped_points:increase.",
            }),
        ],
    };
}
