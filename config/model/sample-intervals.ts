import { isSpanMetricsEnabled, resolveRoutes } from "./routes";
import type { StackSettings } from "../schema/schema";
import { parseSeconds } from "../types/units";

/** A setting that is the interval between two samples of series in the stack's Prometheus. */
interface SampleInterval {
    readonly key: string;
    readonly seconds: number;
    /** How the samples get to Prometheus. Agents push through the Collector. */
    readonly route: "agents" | "applications" | "collector" | "scrape";
}

/** The intervals of all series in the stack's Prometheus. Empty without Prometheus. */
export function listSampleIntervals(settings: StackSettings): readonly SampleInterval[] {
    const { applicationEnv, clusterTelemetry, prometheus, spanMetrics } = settings;
    if (!prometheus.enabled) {
        return [];
    }
    const isStored = resolveRoutes(settings).metrics.some((route) => route !== "debug" && route !== "destinations");
    const interval = (key: string, duration: string, route: SampleInterval["route"]): SampleInterval => ({
        key,
        seconds: parseSeconds(duration),
        route,
    });
    return [
        interval("prometheus.scrapeInterval", prometheus.scrapeInterval, "scrape"),
        ...(isSpanMetricsEnabled(settings)
            ? [interval("spanMetrics.flushInterval", spanMetrics.flushInterval, "collector")]
            : []),
        ...(isStored
            ? [
                  interval(
                      "applicationEnv.metricExportInterval",
                      applicationEnv.metricExportInterval,
                      clusterTelemetry.agentOtlp.enabled ? "agents" : "applications",
                  ),
              ]
            : []),
        ...(["kubeletMetrics", "hostMetrics"] as const)
            .filter((source) => isStored && clusterTelemetry[source].enabled)
            .map((source) =>
                interval(`clusterTelemetry.${source}.interval`, clusterTelemetry[source].interval, "agents"),
            ),
    ];
}

/** In whole seconds, as windows and Grafana expect them. */
export interface SampleIntervals {
    /** Between two scrapes, and between two evaluations of rules. */
    readonly scrapeSeconds: number;
    /** Of the series with the fewest samples. A window for any series must contain several of these. */
    readonly longestSeconds: number;
}

export function resolveSampleIntervals(settings: StackSettings): SampleIntervals {
    const scrapeSeconds = Math.ceil(parseSeconds(settings.prometheus.scrapeInterval));
    const all = listSampleIntervals(settings).map(({ seconds }) => Math.ceil(seconds));
    return { scrapeSeconds, longestSeconds: Math.max(scrapeSeconds, ...all) };
}
