import { alert } from "./alert";
import { RECORDING_RULES } from "./recording";
import type { RuleGroup } from "./types";

/** The queries look at all series, so they run less often than the others. */
const INTERVAL = "1m";

/**
 * Names the service and the metric while a Collector drops series. It counts the points of a metric that has many of them
 * in a request. Otherwise the alert names the service and the metric with the most series, because a service at its limit
 * has more than the others.
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
                expr: [
                    `sum by (job, metric) (${RECORDING_RULES.metricDropped}) > 0`,
                    `(${RECORDING_RULES.largestMetric} and on () sum(${RECORDING_RULES.seriesDropped}) > 0 unless on () sum(${RECORDING_RULES.metricDropped}) > 0)`,
                ].join(" or "),
                summary:
                    '{{ or $labels.job "A sender without service.name" }} has too many series of {{ $labels.metric }}',
                description:
                    "The Collector drops the points of new series. Their number is in otelcol:series_dropped_points:increase, and for metrics with many of them in otel_stack:dropped_points:increase.",
            }),
        ],
    };
}
