import type { Destination } from "../../../config/model/destinations";
import { LOG_ROUTES, LOG_STORES, type LogStore } from "../../../config/model/log-stores";
import type { Plan } from "../../../config/model/plan";
import type { StackSettings } from "../../../config/schema/schema";
import { parseBytes } from "../../../config/types/units";
import { destinationExporterId } from "../../collector/config/destination-exporters";
import { exporterId } from "../../collector/config/exporters";
import { renderYaml } from "../../telemetry/yaml";
import { addNotificationAnnotations, addRunbookUrl, waitForScrapes } from "./alert";
import { renderAlertingRules } from "./alerts";
import { METRICS, METRIC_NAMES, LAZY_COUNTERS } from "./metrics";
import { RECORDING_RULES, type WatchedMemory, renderRecordingRules } from "./recording";
import { renderSeriesLimitRules } from "./series-limit";
import type { AlertingRule, Rule, RuleGroup } from "./types";

/** Names of the scrape jobs whose series the rules read. */
export interface RuleJobs extends Readonly<Record<LogStore, string>> {
    /** The Collector's own metrics. */
    readonly collector: string;
    /** The trace tier's own metrics. */
    readonly traceTier: string;
    readonly jaeger: string;
    readonly prometheus: string;
    readonly alertmanager: string;
    /** The metrics that the Collector received, on the scrape route. */
    readonly scrapedMetrics: string;
}

const GROUP_NAME = "otel-stack";
/** A rate needs several scrapes. */
const SCRAPES_PER_RATE = 4;
const MIN_RATE_SECONDS = 60;
/** How long one failure keeps an alert active. */
const MIN_WINDOW_SECONDS = 300;

type WithResources = Pick<StackSettings["jaeger"], "resources">;

/**
 * Resolves the rules for the enabled programs of the stack.
 *
 * @param grafanaUrl For links in notifications. Undefined without Grafana.
 */
export function resolveRuleGroups(plan: Plan, jobs: RuleJobs, grafanaUrl?: string): readonly RuleGroup[] {
    const { alertmanager, destinations, ingestTier, sampleIntervals, settings, traceTier, usesPersistentQueues } = plan;
    const { scrapeSeconds } = sampleIntervals;
    const { jaeger, loki, prometheus, tailSampling, victoriaLogs } = settings;
    const azureMonitor = destinations.some(({ kind }) => kind === "azure_monitor");
    if (!prometheus.rules.enabled) {
        return [];
    }
    const rateSeconds = Math.max(MIN_RATE_SECONDS, SCRAPES_PER_RATE * scrapeSeconds);
    const windowSeconds = Math.max(MIN_WINDOW_SECONDS, rateSeconds);
    const watchMemory = (
        { resources }: WithResources,
        job: string,
        metric: WatchedMemory["metric"],
    ): WatchedMemory => ({
        job,
        limit: resources.limits.memory,
        metric,
    });
    const backends = [
        ...(jaeger.enabled ? [watchMemory(jaeger, jobs.jaeger, memoryMetric(true))] : []),
        ...plan.logStores.map((store) => watchMemory(settings[store], jobs[store], LOG_STORE_MEMORY[store])),
    ];
    const memory = [
        watchMemory(ingestTier, jobs.collector, memoryMetric(usesPersistentQueues)),
        ...(traceTier ? [watchMemory(traceTier, jobs.traceTier, memoryMetric(usesPersistentQueues))] : []),
        ...backends,
        watchMemory(prometheus, jobs.prometheus, METRICS.residentMemory),
        ...(alertmanager ? [watchMemory(alertmanager, jobs.alertmanager, METRICS.residentMemory)] : []),
    ];
    const recording = {
        collectorJobs: [jobs.collector, ...(traceTier ? [jobs.traceTier] : [])],
        rateSeconds,
        scrapeSeconds,
        windowSeconds,
        memory,
        batchBytes: usesPersistentQueues ? parseBytes(ingestTier.batch.maxSize) : undefined,
        spanMetrics: plan.spanMetrics !== undefined,
        tailSampling: tailSampling.enabled,
        otherHosts: azureMonitor ? findOtherHttpHosts(destinations, jobs) : undefined,
    };
    const alerting = {
        collectorJob: jobs.collector,
        traceTierJob: traceTier ? jobs.traceTier : undefined,
        backends: [
            ...(jaeger.enabled ? [{ job: jobs.jaeger, exporter: exporterId("jaeger", usesPersistentQueues) }] : []),
            ...plan.logStores.map((store) => ({
                job: jobs[store],
                exporter: exporterId(LOG_ROUTES[store], usesPersistentQueues),
            })),
        ],
        traceTierExporter: exporterId("trace_tier", usesPersistentQueues),
        scrapedMetricsJob: plan.routes.metrics.includes("scrape") ? jobs.scrapedMetrics : undefined,
        alertmanagerJob: alertmanager ? jobs.alertmanager : undefined,
        prometheusJob: jobs.prometheus,
        spanMetrics: plan.spanMetrics !== undefined,
        jaeger: jaeger.enabled ? { job: jobs.jaeger, limitsSpans: plan.maxSpansPerTrace !== undefined } : undefined,
        lokiJob: loki.enabled ? jobs.loki : undefined,
        victoriaLogsJob: victoriaLogs.enabled ? jobs.victoriaLogs : undefined,
        windowSeconds,
        persistentQueues: usesPersistentQueues,
        destinations: {
            droppingExporters: destinations
                .filter((destination) => destination.kind === "otlp" && destination.onQueueFull === "drop")
                .map(destinationExporterId),
            azureMonitor,
            tailSampling: tailSampling.enabled,
        },
    };
    const finish = ({ rules, ...group }: RuleGroup): RuleGroup => ({
        ...group,
        rules: rules.map((rule) => ("alert" in rule ? finishAlert(rule) : rule)),
    });
    const finishAlert = (rule: AlertingRule): AlertingRule => {
        const complete = addRunbookUrl(waitForScrapes(rule, scrapeSeconds), prometheus.rules.runbookUrl);
        return alertmanager ? addNotificationAnnotations(complete, grafanaUrl) : complete;
    };
    return [
        // One group, so that alerts see the values recorded in the same evaluation.
        { name: GROUP_NAME, rules: [...renderRecordingRules(recording), ...renderAlertingRules(alerting)] },
        renderSeriesLimitRules(Object.values(jobs)),
    ].map(finish);
}

/** Hosts of HTTP exporters other than Azure Monitor's, whose host is part of a secret. */
function findOtherHttpHosts(destinations: readonly Destination[], jobs: RuleJobs): readonly string[] {
    const hosts = destinations.flatMap((destination) =>
        destination.kind === "otlp" && destination.protocol === "http" ? [new URL(destination.endpoint).hostname] : [],
    );
    return [
        ...[jobs.jaeger, ...LOG_STORES.map((store) => jobs[store]), jobs.prometheus].map(
            (service) => `${service}[.].+`,
        ),
        // In brackets, because a backslash would have to be doubled.
        ...hosts.map((host) => host.replaceAll(".", "[.]").replaceAll(/^\[|\]$/g, "")),
    ];
}

/** VictoriaLogs memory-maps its files. */
const LOG_STORE_MEMORY: Readonly<Record<LogStore, WatchedMemory["metric"]>> = {
    loki: METRICS.residentMemory,
    victoriaLogs: METRICS.anonymousMemory,
};

/** The memory metric of a program that may memory-map files. The kernel can reclaim those pages. */
function memoryMetric(mapsFiles: boolean): WatchedMemory["metric"] {
    return mapsFiles ? METRICS.heap : METRICS.memory;
}

/** Renders Prometheus' rules file. */
export function renderRulesFile(groups: readonly RuleGroup[]): string {
    return renderYaml({
        groups: groups.map(({ rules, ...group }) => ({ ...group, rules: rules.map(omitNotificationFacts) })),
    });
}

/** What only notifications need, and Prometheus would reject. */
const NOTIFICATION_FACTS: readonly string[] = ["causes", "dashboard"] satisfies (keyof AlertingRule)[];

function omitNotificationFacts(rule: Rule): object {
    return Object.fromEntries(Object.entries(rule).filter(([key]) => !NOTIFICATION_FACTS.includes(key)));
}

/** A query of a rule, for a test that its series exist. */
export interface RuleQuery {
    readonly group: string;
    /** Name of the recorded series or the alert. */
    readonly rule: string;
    readonly expr: string;
    /** The names of the series that the query reads. */
    readonly reads: readonly string[];
    /** Why the query may return nothing on a healthy stack. Undefined if it must return data. */
    readonly emptyBecause?: string;
}

/** The queries of all rules. */
export function ruleQueries(groups: readonly RuleGroup[]): readonly RuleQuery[] {
    return groups.flatMap(({ name: group, rules }) =>
        rules.map((rule) => {
            const reads = findMetricNames(rule.expr);
            const reason = "alert" in rule ? "it returns only failures" : mayBeEmptyReason(rule.record, reads);
            return {
                group,
                rule: "alert" in rule ? rule.alert : rule.record,
                expr: rule.expr,
                reads,
                ...(reason === undefined ? {} : { emptyBecause: reason }),
            };
        }),
    );
}

function mayBeEmptyReason(record: string, reads: readonly string[]): string | undefined {
    if (record === RECORDING_RULES.queueTimeToFull) {
        return "it returns only growing queues";
    }
    if (record === RECORDING_RULES.unauthenticated) {
        return "it returns only requests without valid credentials";
    }
    if (record === RECORDING_RULES.rejected) {
        return "it returns only requests that are too large or malformed";
    }
    if (record === RECORDING_RULES.undecided) {
        return "it returns only traces that were dropped too early";
    }
    if (record === RECORDING_RULES.azureFailed) {
        return "it returns only requests that Azure Monitor did not accept";
    }
    if (record === RECORDING_RULES.largestMetric) {
        return "it returns only series of services";
    }
    if (record === RECORDING_RULES.queueLost) {
        return "it returns only lost data";
    }
    return reads.some((name) => LAZY_COUNTERS.includes(name))
        ? "its counter appears with the first failure"
        : undefined;
}

function findMetricNames(expr: string): string[] {
    const words = new Set(expr.match(/[a-z_:]+/g) ?? []);
    return [...METRIC_NAMES, ...Object.values(RECORDING_RULES)].filter((name) => words.has(name));
}
