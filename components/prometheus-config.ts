import type { PrometheusSettings } from "../config/schema";
import { blocksMiB } from "../config/sizing";
import { secondsOf } from "../config/units";

export const PROMETHEUS_PORT = 9090;

/** Samples that old are still taken: a replay after an outage comes late, and what is refused is lost for good. */
const OUT_OF_ORDER_WINDOW = "30m";
/** A scrape that takes longer is a failed one. */
const LONGEST_SCRAPE_SECONDS = 10;

/** A set of pods to scrape: all that a headless Service's name resolves to. */
export interface ScrapeTarget {
    /** The `job` label of what is scraped. */
    readonly job: string;
    /** Name that resolves to the address of every pod. */
    readonly host: string;
    readonly port: number;
}

export interface PrometheusConfigArgs extends Pick<PrometheusSettings, "retention" | "storage" | "scrapeInterval"> {
    readonly targets: readonly ScrapeTarget[];
}

/** Prometheus' configuration file: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function prometheusConfig({ targets, retention, storage, scrapeInterval }: PrometheusConfigArgs): object {
    return {
        global: {
            scrape_interval: scrapeInterval,
            scrape_timeout:
                secondsOf(scrapeInterval) < LONGEST_SCRAPE_SECONDS ? scrapeInterval : `${LONGEST_SCRAPE_SECONDS}s`,
            evaluation_interval: scrapeInterval,
        },
        storage: {
            tsdb: {
                out_of_order_time_window: OUT_OF_ORDER_WINDOW,
                retention: { time: retention, size: `${blocksMiB(storage)}MiB` },
            },
        },
        scrape_configs: [
            ...targets.map(({ job, host, port }) => ({
                job_name: job,
                // By DNS, as one Service address would reach another pod each time; and it needs no access to the API.
                dns_sd_configs: [{ names: [host], type: "A", port, refresh_interval: "5s" }],
            })),
            { job_name: "prometheus", static_configs: [{ targets: [`localhost:${PROMETHEUS_PORT}`] }] },
        ],
    };
}
