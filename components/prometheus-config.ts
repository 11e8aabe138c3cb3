import type { PrometheusSettings } from "../config/schema";
import { blocksMiB } from "../config/sizing";
import { secondsOf } from "../config/units";
import type { RuleGroup } from "./rules/types";

export const PROMETHEUS_PORT = 9090;
/** The `job` of its own metrics. */
export const PROMETHEUS_JOB = "prometheus";

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

/** A program that stays at its Service's address, and is down while nobody answers there. */
export interface ServiceTarget {
    readonly job: string;
    /** `host:port`. */
    readonly address: string;
}

export interface PrometheusConfigArgs extends Pick<PrometheusSettings, "retention" | "storage" | "scrapeInterval"> {
    readonly targets: readonly (ScrapeTarget | ServiceTarget)[];
    /** What it computes; nothing by default. */
    readonly ruleGroups?: readonly RuleGroup[];
}

/** The file of rules, beside that of the configuration. */
export const RULES_FILE = "rules.yml";

/** Prometheus' configuration file: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function prometheusConfig(args: PrometheusConfigArgs): object {
    const { targets, retention, ruleGroups = [], storage, scrapeInterval } = args;
    return {
        global: {
            scrape_interval: scrapeInterval,
            scrape_timeout:
                secondsOf(scrapeInterval) < LONGEST_SCRAPE_SECONDS ? scrapeInterval : `${LONGEST_SCRAPE_SECONDS}s`,
            evaluation_interval: scrapeInterval,
        },
        ...(ruleGroups.length > 0 ? { rule_files: [RULES_FILE] } : {}),
        storage: {
            tsdb: {
                out_of_order_time_window: OUT_OF_ORDER_WINDOW,
                retention: { time: retention, size: `${blocksMiB(storage)}MiB` },
            },
        },
        scrape_configs: [
            ...targets.map(scrapeJob),
            scrapeJob({ job: PROMETHEUS_JOB, address: `localhost:${PROMETHEUS_PORT}` }),
        ],
    };
}

function scrapeJob(target: ScrapeTarget | ServiceTarget): object {
    const { job } = target;
    return "address" in target
        ? { job_name: job, static_configs: [{ targets: [target.address] }] }
        : {
              job_name: job,
              // By DNS, as one Service address would reach another pod each time; and it needs no access to the API.
              dns_sd_configs: [{ names: [target.host], type: "A", port: target.port, refresh_interval: "5s" }],
          };
}
