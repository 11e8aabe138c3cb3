import * as z from "zod";
import { EXEMPLAR_TRACE_ID, SERVICE_LABEL, SPAN_METRICS } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { renderRecentQuery } from "./recent-query";
import { getJson } from "./json-client";
import { ID_ATTRIBUTE, type ReadResult, METRIC_NAME } from "./types";

/** Name of the scrape job that collects what the collector's prometheus exporter offers. */
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
 * The copy of the series that came by that route. Scraped, it carries the scrape job's name, and what was sent stands
 * in `exported_job`; pushed, `job` is what was sent.
 *
 * A time stamp of the sender's stays with a pushed sample, so the look goes back ten minutes and ahead as many:
 * clocks differ.
 */
export function renderSeriesQuery(route: MetricsRoute, id: string): string {
    const job = route === "scrape" ? `job="${SCRAPE_JOB}",exported_job="${VERIFY_SERVICE}"` : `job="${VERIFY_SERVICE}"`;
    return `last_over_time(${METRIC_NAME}{${job},${ID_ATTRIBUTE}="${id}"}[20m] offset -10m)`;
}

/** Whether Prometheus has the series with that id by that route. */
export async function queryPrometheus(prometheusUrl: string, route: MetricsRoute, id: string): Promise<ReadResult> {
    const query = renderSeriesQuery(route, id);
    const { status, body } = await getJson(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
    if (status !== 200) {
        throw new Error(`Prometheus answered HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    const found = seriesSchema.parse(body).data.result.length > 0;
    return found ? { state: "found" } : { state: "absent", why: `no series for ${query}` };
}

/** Whether the durations made from spans lead to that trace, as one jumps from a point of a graph to a trace. */
export async function queryExemplar(prometheusUrl: string, traceId: string): Promise<ReadResult> {
    const query = `${SPAN_METRICS.durationBucket}{${SERVICE_LABEL}="${VERIFY_SERVICE}"}`;
    const parameters = new URLSearchParams(renderRecentQuery(query));
    const { status, body } = await getJson(`${prometheusUrl}/api/v1/query_exemplars?${parameters.toString()}`);
    if (status !== 200) {
        throw new Error(`Prometheus answered HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
    }
    const found = exemplarsSchema
        .parse(body)
        .data.some((one) => one.exemplars.some(({ labels }) => labels[EXEMPLAR_TRACE_ID] === traceId));
    return found ? { state: "found" } : { state: "absent", why: `no exemplar of ${query} leads to trace ${traceId}` };
}

export interface ScrapeTarget {
    /** `up`, `down` or `unknown` (not scraped yet). */
    readonly health: string;
    readonly lastError: string;
    /** As Prometheus spells it: `15s`. */
    readonly interval: string;
}

/** What Prometheus says of scraping the collector; nothing when it has no such target. */
export async function fetchScrapeTarget(prometheusUrl: string): Promise<ScrapeTarget | undefined> {
    const { body } = await getJson(`${prometheusUrl}/api/v1/targets?state=active&scrapePool=${SCRAPE_JOB}`);
    const active = targetsSchema.parse(body).data.activeTargets;
    const worst = active.find(({ health }) => health !== "up") ?? active[0];
    return worst && { health: worst.health, lastError: worst.lastError ?? "", interval: worst.scrapeInterval ?? "" };
}
