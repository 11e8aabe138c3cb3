import type { Destination } from "../../../config/model/destinations";
import { LOG_STORES, type LogStore } from "../../../config/model/log-stores";
import type { Plan } from "../../../config/model/plan";
import type { StackSettings } from "../../../config/schema/schema";
import { parseBytes, parseSeconds } from "../../../config/types/units";
import { destinationExporterId } from "../../collector/config/destination-exporters";
import { renderYaml } from "../../telemetry/yaml";
import { addRunbookUrl } from "./alert";
import { renderAlertingRules } from "./alerts";
import { METRICS, METRIC_NAMES, LAZY_COUNTERS } from "./metrics";
import { RECORDING_RULES, type WatchedMemory, renderRecordingRules } from "./recording";
import type { RuleGroup } from "./types";

/** Names of the scrape jobs whose series the rules read. */
export interface RuleJobs extends Readonly<Record<LogStore, string>> {
    /** The Collector's own metrics. */
    readonly collector: string;
    /** Those of the second tier, where there is one. */
    readonly traceTier: string;
    readonly jaeger: string;
    readonly prometheus: string;
}

const GROUP_NAME = "otel-stack";
/** A rate needs several scrapes. */
const SCRAPES_PER_RATE = 4;
const MIN_RATE_SECONDS = 60;
/** How long a failure is worth an alert. */
const MIN_WINDOW_SECONDS = 300;

type WithResources = Pick<StackSettings["jaeger"], "resources">;

/** The rules that fit the programs of the stack: a backend that is off takes its own along. */
export function resolveRuleGroups(plan: Plan, jobs: RuleJobs): readonly RuleGroup[] {
    const { destinations, ingestTier, settings, traceTier, usesPersistentQueues } = plan;
    const { jaeger, prometheus, tailSampling, victoriaLogs } = settings;
    const azureMonitor = destinations.some(({ kind }) => kind === "azure_monitor");
    if (!prometheus.rules.enabled) {
        return [];
    }
    const rateSeconds = Math.max(MIN_RATE_SECONDS, SCRAPES_PER_RATE * parseSeconds(prometheus.scrapeInterval));
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
        ...(jaeger.enabled ? [watchMemory(jaeger, jobs.jaeger, memoryMetric(jaeger.persistence.enabled))] : []),
        ...plan.logStores.map((store) => watchMemory(settings[store], jobs[store], LOG_STORE_MEMORY[store])),
    ];
    const memory = [
        watchMemory(ingestTier, jobs.collector, memoryMetric(usesPersistentQueues)),
        ...(traceTier ? [watchMemory(traceTier, jobs.traceTier, memoryMetric(usesPersistentQueues))] : []),
        ...backends,
        watchMemory(prometheus, jobs.prometheus, METRICS.residentMemory),
    ];
    const recording = {
        collectorJobs: [jobs.collector, ...(traceTier ? [jobs.traceTier] : [])],
        rateSeconds,
        windowSeconds,
        memory,
        batchBytes: usesPersistentQueues ? parseBytes(ingestTier.batch.maxSize) : undefined,
        tailSampling: tailSampling.enabled,
        otherHosts: azureMonitor ? findOtherHttpHosts(destinations, jobs) : undefined,
    };
    const alerting = {
        collectorJob: jobs.collector,
        traceTierJob: traceTier ? jobs.traceTier : undefined,
        backendJobs: backends.map(({ job }) => job),
        spanMetrics: plan.spanMetrics !== undefined,
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
    // One group, so that each alert sees what was recorded at the same time.
    const alerts = renderAlertingRules(alerting).map((rule) => addRunbookUrl(rule, prometheus.rules.runbookUrl));
    return [{ name: GROUP_NAME, rules: [...renderRecordingRules(recording), ...alerts] }];
}

/** What the Collector calls by HTTP beside Azure Monitor, whose own host stands in a secret. */
function findOtherHttpHosts(destinations: readonly Destination[], jobs: RuleJobs): readonly string[] {
    const hosts = destinations.flatMap((destination) =>
        destination.kind === "otlp" && destination.protocol === "http" ? [new URL(destination.endpoint).hostname] : [],
    );
    return [
        ...[jobs.jaeger, ...LOG_STORES.map((store) => jobs[store]), jobs.prometheus].map(
            (service) => `${service}[.].+`,
        ),
        // In brackets nothing but what it is: a backslash would have to be written twice.
        ...hosts.map((host) => host.replaceAll(".", "[.]").replaceAll(/^\[|\]$/g, "")),
    ];
}

/** VictoriaLogs maps its files into memory. */
const LOG_STORE_MEMORY: Readonly<Record<LogStore, WatchedMemory["metric"]>> = {
    loki: METRICS.residentMemory,
    victoriaLogs: METRICS.anonymousMemory,
};

/** What counts as memory of a program that may map files into it: the kernel takes those back when it needs to. */
function memoryMetric(mapsFiles: boolean): WatchedMemory["metric"] {
    return mapsFiles ? METRICS.heap : METRICS.memory;
}

/** Prometheus' file of rules. */
export function renderRulesFile(groups: readonly RuleGroup[]): string {
    return renderYaml({ groups });
}

/** A query of a rule, for a proof that it reads what is there. */
export interface RuleQuery {
    readonly group: string;
    /** The recorded series or the alert. */
    readonly rule: string;
    readonly expr: string;
    /** The names of the series that it reads. */
    readonly reads: readonly string[];
    /** Why it may return nothing on a stack where all is well; undefined if it may not. */
    readonly emptyBecause?: string;
}

/** What every rule asks of Prometheus. */
export function ruleQueries(groups: readonly RuleGroup[]): readonly RuleQuery[] {
    return groups.flatMap(({ name: group, rules }) =>
        rules.map((rule) => {
            const reads = findMetricNames(rule.expr);
            const reason = "alert" in rule ? "it returns what is wrong" : mayBeEmptyReason(rule.record, reads);
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
        return "it returns queues that grow";
    }
    if (record === RECORDING_RULES.unauthenticated) {
        return "it returns who comes without valid credentials";
    }
    if (record === RECORDING_RULES.undecided) {
        return "it returns what was dropped too early";
    }
    if (record === RECORDING_RULES.azureFailed) {
        return "it returns what Azure Monitor did not take";
    }
    if (record === RECORDING_RULES.queueLost) {
        return "it returns what is lost";
    }
    return reads.some((name) => LAZY_COUNTERS.includes(name))
        ? "its counter appears with the first failure"
        : undefined;
}

function findMetricNames(expr: string): string[] {
    const words = new Set(expr.match(/[a-z_:]+/g) ?? []);
    return [...METRIC_NAMES, ...Object.values(RECORDING_RULES)].filter((name) => words.has(name));
}
