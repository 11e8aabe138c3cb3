import { usesPersistentQueues } from "../model/durability";
import { resolveRoutes } from "../model/routes";
import { listSampleIntervals } from "../model/sample-intervals";
import { LOOKBACK_SECONDS, MAX_SAMPLE_INTERVAL, MAX_SAMPLE_INTERVAL_REASON } from "../types/sample-interval";
import { parseSeconds } from "../types/units";
import type { StackSettings } from "../schema/schema";
import type { Rule } from "./rule";

const MAX_SAMPLE_SECONDS = parseSeconds(MAX_SAMPLE_INTERVAL);

/** Longer intervals are valid without Prometheus, so that the schema accepts them. */
const intervalFitsLookback = (key: string): Rule => ({
    key,
    check: (settings) =>
        listSampleIntervals(settings).some((interval) => interval.key === key && interval.seconds > MAX_SAMPLE_SECONDS)
            ? `must be at most ${MAX_SAMPLE_INTERVAL} with prometheus.enabled; ${MAX_SAMPLE_INTERVAL_REASON}`
            : undefined,
});

/** The source with the longest interval, without those that are too long already. */
function findSlowest(settings: StackSettings, routes: readonly string[]) {
    return listSampleIntervals(settings)
        .filter(({ route, seconds }) => routes.includes(route) && seconds <= MAX_SAMPLE_SECONDS)
        .reduce<ReturnType<typeof listSampleIntervals>[number] | undefined>(
            (slowest, next) => (slowest === undefined || next.seconds > slowest.seconds ? next : slowest),
            undefined,
        );
}

/** A batch of agents waits in the agent, and with persistent queues again in the Collector. */
const batchFitsLookback: Rule = {
    key: "collector.batch.flushTimeout",
    check: (settings) => {
        const waits = usesPersistentQueues(settings) ? 1 : 0;
        for (const [routes, times] of [
            [["agents"], waits + 1],
            [["agents", "applications", "collector"], waits],
        ] as const) {
            const slowest = findSlowest(settings, routes);
            if (slowest === undefined || times === 0) {
                continue;
            }
            const most = (LOOKBACK_SECONDS - 2 * slowest.seconds) / times;
            if (parseSeconds(settings.collector.batch.flushTimeout) > most) {
                return `must be at most ${most}s, so that two intervals of metrics (${slowest.key} is ${slowest.seconds}s) and ${times === 1 ? "this delay" : "this delay in agent and Collector"} fit into the 5m that Prometheus looks back; otherwise series disappear until the next batch`;
            }
        }
        return undefined;
    },
};

/** A series that the exporter no longer exposes ends at the next scrape. */
const expirationOutlastsIntervals: Rule = {
    key: "collector.prometheusExporter.metricExpiration",
    check: (settings) => {
        const slowest = findSlowest(settings, ["agents", "applications"]);
        return slowest !== undefined &&
            resolveRoutes(settings).metrics.includes("scrape") &&
            parseSeconds(settings.collector.prometheusExporter.metricExpiration) < 2 * slowest.seconds
            ? `must be at least ${2 * slowest.seconds}s, twice ${slowest.key}; otherwise series expire between two data points`
            : undefined;
    },
};

/** Rules for the intervals between samples in Prometheus. */
export const sampleIntervalRules: readonly Rule[] = [
    ...[
        "applicationEnv.metricExportInterval",
        "clusterTelemetry.kubeletMetrics.interval",
        "clusterTelemetry.hostMetrics.interval",
    ].map(intervalFitsLookback),
    batchFitsLookback,
    expirationOutlastsIntervals,
];
