import type { MetricsPushProtocol } from "../../config/model/routes";
import type { PrometheusSettings } from "../../config/schema/schema";
import { maxDiskUsageMiB } from "../../config/model/memory";
import { parseSeconds } from "../../config/types/units";
import type { RuleGroup } from "./rules/types";

export const PROMETHEUS_PORT = 9090;
/** The `job` of its own metrics. */
export const PROMETHEUS_JOB = "prometheus";

/** A scrape that takes longer is a failed one. */
const MAX_SCRAPE_TIMEOUT_SECONDS = 10;

/** A set of pods to scrape: all that a headless Service's name resolves to. */
export type DnsTarget = {
    /** The `job` label of what is scraped. */
    readonly job: string;
} & (
    | {
          /** Name that resolves to the address of every pod. */
          readonly host: string;
          readonly port: number;
      }
    | {
          /** Name of the records that say the name and the port of every pod. */
          readonly srvRecord: string;
      }
);

/** Programs that stay at their addresses, and are down while nobody answers there. */
export interface StaticTarget {
    readonly job: string;
    /** Each `host:port`. */
    readonly addresses: readonly string[];
}

export interface PrometheusConfigArgs extends Pick<PrometheusSettings, "retention" | "scrapeInterval"> {
    /** Size of its disk. */
    readonly volumeSize: string;
    readonly targets: readonly (DnsTarget | StaticTarget)[];
    /** By which route others push to it; none do without. */
    readonly pushProtocol?: MetricsPushProtocol | undefined;
    /**
     * Seconds behind the newest that samples are still taken: a replay after an outage comes late, and what is refused
     * is lost for good.
     */
    readonly maxReplayDelaySeconds: number;
    /** What it computes; nothing by default. */
    readonly ruleGroups?: readonly RuleGroup[];
}

/** The names that the same metrics have by remote write: rules and dashboards read both. */
const OTLP_RECEIVER_CONFIG = { translation_strategy: "UnderscoreEscapingWithSuffixes" } as const;

/** The file of rules, beside that of the configuration. */
export const RULES_FILE = "rules.yml";

/** Prometheus' configuration file: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function renderPrometheusConfig(args: PrometheusConfigArgs): object {
    const {
        targets,
        pushProtocol,
        maxReplayDelaySeconds,
        retention,
        ruleGroups = [],
        volumeSize,
        scrapeInterval,
    } = args;
    return {
        global: {
            scrape_interval: scrapeInterval,
            scrape_timeout:
                parseSeconds(scrapeInterval) < MAX_SCRAPE_TIMEOUT_SECONDS
                    ? scrapeInterval
                    : `${MAX_SCRAPE_TIMEOUT_SECONDS}s`,
            evaluation_interval: scrapeInterval,
            // Otherwise it asks for names as they are, and those of the Collector that have dots keep them.
            metric_name_escaping_scheme: "underscores",
        },
        ...(ruleGroups.length > 0 ? { rule_files: [RULES_FILE] } : {}),
        ...(pushProtocol === "otlp" ? { otlp: OTLP_RECEIVER_CONFIG } : {}),
        storage: {
            tsdb: {
                out_of_order_time_window: formatPrometheusDuration(maxReplayDelaySeconds),
                retention: { time: retention, size: `${maxDiskUsageMiB(volumeSize)}MiB` },
            },
        },
        scrape_configs: [
            ...targets.map(renderScrapeJob),
            renderScrapeJob({ job: PROMETHEUS_JOB, addresses: [`localhost:${PROMETHEUS_PORT}`] }),
        ],
    };
}

function renderScrapeJob(target: DnsTarget | StaticTarget): object {
    const { job } = target;
    if ("addresses" in target) {
        return { job_name: job, static_configs: [{ targets: target.addresses }] };
    }
    // By DNS, as one Service address would reach another pod each time; and it needs no access to the API.
    const dnsQuery =
        "srvRecord" in target
            ? { names: [target.srvRecord], type: "SRV" }
            : { names: [target.host], type: "A", port: target.port };
    return { job_name: job, dns_sd_configs: [{ ...dnsQuery, refresh_interval: "5s" }] };
}

/** In whole minutes where it can be, as people write it. */
function formatPrometheusDuration(seconds: number): string {
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
