import type { MetricsPushProtocol } from "../../config/model/routes";
import type { PrometheusSettings } from "../../config/schema/schema";
import { maxDiskUsageMiB } from "../../config/model/memory";
import { parseSeconds } from "../../config/types/units";
import type { DnsTarget, StaticTarget } from "../telemetry/scrape-target";
import type { RuleGroup } from "./rules/types";

export const PROMETHEUS_PORT = 9090;
/** The `job` label of Prometheus' own metrics. */
export const PROMETHEUS_JOB = "prometheus";

/** Timeout of a scrape. */
const MAX_SCRAPE_TIMEOUT_SECONDS = 10;

export interface PrometheusConfigArgs extends Pick<
    PrometheusSettings,
    "externalLabels" | "retention" | "scrapeInterval"
> {
    /** Size of the volume. */
    readonly volumeSize: string;
    readonly targets: readonly (DnsTarget | StaticTarget)[];
    /** The protocol by which the Collector pushes metrics. Undefined if it does not. */
    readonly pushProtocol?: MetricsPushProtocol | undefined;
    /**
     * How much older than the newest sample a sample may be, in seconds. A replay after an outage is late, and rejected
     * samples are lost.
     */
    readonly maxReplayDelaySeconds: number;
    /** Addresses of all pods of Alertmanager. None by default. */
    readonly alertmanagers?: readonly string[];
    /** Recording and alerting rules. None by default. */
    readonly ruleGroups?: readonly RuleGroup[];
    /** Path of Prometheus' own pages and metrics. Empty for the root. */
    readonly basePath: string;
}

/**
 * Produces the same metric names, keys and `otel_scope_*` labels as remote write. Rules and dashboards rely on the
 * names. Without the labels, a metric of two scopes is one series, and Prometheus drops the points of one of them
 * without an error. With several underscores in a row, Prometheus rejects the request for a key such as `温度`.
 */
const OTLP_RECEIVER_CONFIG = {
    translation_strategy: "UnderscoreEscapingWithSuffixes",
    promote_scope_metadata: true,
    label_name_preserve_multiple_underscores: false,
} as const;

/** The rules file, in the directory of the configuration file. */
export const RULES_FILE = "rules.yml";

/** Renders Prometheus' configuration file: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function renderPrometheusConfig(args: PrometheusConfigArgs): object {
    const {
        alertmanagers = [],
        basePath,
        externalLabels,
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
            // Otherwise Prometheus negotiates UTF-8 names, and metrics of the Collector keep their dots.
            metric_name_escaping_scheme: "underscores",
            ...(Object.keys(externalLabels).length > 0 ? { external_labels: externalLabels } : {}),
        },
        ...(ruleGroups.length > 0 ? { rule_files: [RULES_FILE] } : {}),
        ...(alertmanagers.length > 0
            ? { alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] } }
            : {}),
        ...(pushProtocol === "otlp" ? { otlp: OTLP_RECEIVER_CONFIG } : {}),
        storage: {
            tsdb: {
                out_of_order_time_window: formatPrometheusDuration(maxReplayDelaySeconds),
                retention: { time: retention, size: `${maxDiskUsageMiB(volumeSize)}MiB` },
            },
        },
        scrape_configs: [
            ...targets.map(renderScrapeJob),
            {
                ...renderScrapeJob({ job: PROMETHEUS_JOB, addresses: [`localhost:${PROMETHEUS_PORT}`] }),
                ...(basePath === "" ? {} : { metrics_path: `${basePath}/metrics` }),
            },
        ],
    };
}

function renderScrapeJob(target: DnsTarget | StaticTarget): object {
    const { job } = target;
    if ("addresses" in target) {
        return { job_name: job, static_configs: [{ targets: target.addresses }] };
    }
    // DNS, because a Service's address would reach a different pod at each scrape, and because it needs no access to
    // the Kubernetes API.
    const dnsQuery =
        "srvRecord" in target
            ? { names: [target.srvRecord], type: "SRV" }
            : { names: [target.host], type: "A", port: target.port };
    return { job_name: job, dns_sd_configs: [{ ...dnsQuery, refresh_interval: "5s" }] };
}

/** In whole minutes if possible. */
function formatPrometheusDuration(seconds: number): string {
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
