import * as z from "zod";
import { EXEMPLAR_TRACE_ID, SERVICE_LABEL, SPAN_METRICS } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { renderRecentQuery } from "./recent-query";
import { getJson } from "./json-client";
import { ID_ATTRIBUTE, type ReadResult, METRIC_NAME, PUSHED_SERIES } from "./types";

/** Name of the scrape job for the Collector's prometheus exporter. */
export const SCRAPE_JOB = "otel-collector";

export type MetricsRoute = "scrape" | "remote_write" | "otlp";

const seriesSchema = z.object({
    status: z.literal("success"),
    data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

const exemplarsSchema = z.object({
    status: z.literal("success"),
    data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })),
});

const targetsSchema = z.object({
    data: z.object({
        activeTargets: z.array(
            z.object({ health: z.string(), lastError: z.string().optional(), scrapeInterval: z.string().optional() }),
        ),
    }),
});

/**
 * Renders the query for the copies of the series that arrived over a route. A scraped series has the scrape job in `job`
 * and the service in `exported_job`. A pushed series has the service in `job`.
 *
 * The query covers ten minutes before and after now, because a pushed sample has the time of its sender and clocks
 * differ.
 */
export function renderSeriesQuery(route: MetricsRoute, id: string): string {
    const job = route === "scrape" ? `job="${SCRAPE_JOB}",exported_job="${VERIFY_SERVICE}"` : `job="${VERIFY_SERVICE}"`;
    const names = Object.keys(seriesByName(route)).join("|");
    return `last_over_time({__name__=~"${names}",${job},${ID_ATTRIBUTE}="${id}"}[20m] offset -10m)`;
}

/** The number of series of each name that a probe has over a route. */
function seriesByName(route: MetricsRoute): Readonly<Record<string, number>> {
    return route === "scrape" ? { [METRIC_NAME]: 1 } : PUSHED_SERIES;
}

/** Returns whether Prometheus has all series with the id over a route. */
export async function queryPrometheus(prometheusUrl: string, route: MetricsRoute, id: string): Promise<ReadResult> {
    const query = renderSeriesQuery(route, id);
    const { status, body } = await getJson(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    if (status !== 200) {
        throw new Error(`Prometheus responded with HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    const found = seriesSchema.parse(body).data.result.map(({ metric }) => metric.__name__);
    const missing = Object.entries(seriesByName(route))
        .filter(([name, count]) => found.filter((other) => other === name).length < count)
        .map(([name]) => name);
    return missing.length === 0
        ? { state: "found" }
        : { state: "absent", why: `no series, or too few, of ${missing.join(", ")} for ${query}` };
}

/** Returns whether the duration histogram of the span metrics has an exemplar of the trace. */
export async function queryExemplar(prometheusUrl: string, traceId: string): Promise<ReadResult> {
    const query = `${SPAN_METRICS.durationBucket}{${SERVICE_LABEL}="${VERIFY_SERVICE}"}`;
    const parameters = new URLSearchParams(renderRecentQuery(query));
    const { status, body } = await getJson(`${prometheusUrl}/api/v1/query_exemplars?${parameters.toString()}`);
    if (status !== 200) {
        throw new Error(`Prometheus responded with HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    const found = exemplarsSchema
        .parse(body)
        .data.some((one) => one.exemplars.some(({ labels }) => labels[EXEMPLAR_TRACE_ID] === traceId));
    return found ? { state: "found" } : { state: "absent", why: `no exemplar of ${query} has trace ${traceId}` };
}

export interface ScrapeTarget {
    /** `up`, `down` or `unknown` (not scraped yet). */
    readonly health: string;
    readonly lastError: string;
    /** Scrape interval as Prometheus formats it, for example `15s`. */
    readonly interval: string;
}

/** Returns the state of the Collector's scrape target, an unhealthy one if any. Undefined when no target exists. */
export async function fetchScrapeTarget(prometheusUrl: string): Promise<ScrapeTarget | undefined> {
    const { body } = await getJson(`${prometheusUrl}/api/v1/targets?state=active&scrapePool=${SCRAPE_JOB}`);
    const active = targetsSchema.parse(body).data.activeTargets;
    const worst = active.find(({ health }) => health !== "up") ?? active[0];
    return worst && { health: worst.health, lastError: worst.lastError ?? "", interval: worst.scrapeInterval ?? "" };
}
