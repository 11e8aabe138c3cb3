import { type Destination, destinationsOf } from "../../config/destinations";
import { onDisk } from "../../config/durability";
import { hasTraceTier } from "../../config/layout";
import { LOG_STORES, type LogStore, logStoresOf } from "../../config/log-stores";
import { type SpanMetricsDecision, makesSpanMetrics } from "../../config/routes";
import type { StackSettings } from "../../config/schema";
import { bytesOf, secondsOf } from "../../config/units";
import { furtherExporter } from "../collector/further";
import type { LogStoreNames } from "../log-stores";
import { renderYaml } from "../shared/yaml";
import { withRunbookUrl } from "./alert";
import { alertingRules } from "./alerts";
import { METRICS, METRIC_NAMES, NAMES_AFTER_FAILURE } from "./metrics";
import { RECORDED, type WatchedMemory, recordingRules } from "./recording";
import type { RuleGroup } from "./types";

/** Names of the scrape jobs whose series the rules read. */
export interface RuleJobs extends LogStoreNames {
    /** The Collector's own metrics. */
    readonly collector: string;
    /** Those of the second tier, where there is one. */
    readonly traceTier: string;
    readonly jaeger: string;
    readonly prometheus: string;
}

const GROUP = "otel-stack";
/** A rate needs several scrapes. */
const SCRAPES_IN_A_RATE = 4;
const LEAST_RATE_SECONDS = 60;
/** How long a failure is worth an alert. */
const LEAST_WINDOW_SECONDS = 300;

type Limited = Pick<StackSettings["jaeger"], "resources">;
type RuleSettings = SpanMetricsDecision & Pick<StackSettings, "tailSampling" | "traceTier">;

/** The rules that fit the programs of the stack: a backend that is off takes its own along. */
export function stackRules(settings: RuleSettings, jobs: RuleJobs): readonly RuleGroup[] {
    const { collector, jaeger, prometheus, tailSampling, traceTier, victoriaLogs } = settings;
    const destinations = destinationsOf(settings);
    const tiers = hasTraceTier(settings);
    const azureMonitor = destinations.some(({ kind }) => kind === "azure_monitor");
    if (!prometheus.rules.enabled) {
        return [];
    }
    const rateSeconds = Math.max(LEAST_RATE_SECONDS, SCRAPES_IN_A_RATE * secondsOf(prometheus.scrapeInterval));
    const windowSeconds = Math.max(LEAST_WINDOW_SECONDS, rateSeconds);
    const watched = ({ resources }: Limited, job: string, metric: WatchedMemory["metric"]): WatchedMemory => ({
        job,
        limit: resources.limits.memory,
        metric,
    });
    const backends = [
        ...(jaeger.enabled ? [watched(jaeger, jobs.jaeger, withoutFiles(jaeger.persistence.enabled))] : []),
        ...logStoresOf(settings).map((store) => watched(settings[store], jobs[store], LOG_STORE_MEMORY[store])),
    ];
    const memory = [
        watched(collector, jobs.collector, withoutFiles(onDisk(settings))),
        ...(tiers ? [watched(traceTier, jobs.traceTier, withoutFiles(onDisk(settings)))] : []),
        ...backends,
        watched(prometheus, jobs.prometheus, METRICS.residentMemory),
    ];
    const recording = {
        collectorJobs: [jobs.collector, ...(tiers ? [jobs.traceTier] : [])],
        rateSeconds,
        windowSeconds,
        memory,
        batchBytes: onDisk(settings) ? bytesOf(collector.batch.maxSize) : undefined,
        sampled: tailSampling.enabled,
        otherHosts: azureMonitor ? hostsOf(destinations, jobs) : undefined,
    };
    const alerting = {
        collectorJob: jobs.collector,
        traceTierJob: tiers ? jobs.traceTier : undefined,
        backendJobs: backends.map(({ job }) => job),
        spanMetrics: makesSpanMetrics(settings),
        victoriaLogsJob: victoriaLogs.enabled ? jobs.victoriaLogs : undefined,
        windowSeconds,
        onDisk: onDisk(settings),
        further: {
            dropping: destinations
                .filter((destination) => destination.kind === "otlp" && destination.whenFull === "drop")
                .map(furtherExporter),
            azureMonitor,
            sampled: tailSampling.enabled,
        },
    };
    // One group, so that each alert sees what was recorded at the same time.
    const alerts = alertingRules(alerting).map((rule) => withRunbookUrl(rule, prometheus.rules.runbookUrl));
    return [{ name: GROUP, rules: [...recordingRules(recording), ...alerts] }];
}

/** What the Collector calls by HTTP beside Azure Monitor, whose own host stands in a secret. */
function hostsOf(destinations: readonly Destination[], jobs: RuleJobs): readonly string[] {
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
function withoutFiles(mapsFiles: boolean): WatchedMemory["metric"] {
    return mapsFiles ? METRICS.heap : METRICS.memory;
}

/** Prometheus' file of rules. */
export function renderRules(groups: readonly RuleGroup[]): string {
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
            const reads = namesIn(rule.expr);
            const reason = "alert" in rule ? "it returns what is wrong" : reasonOfSilence(rule.record, reads);
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

function reasonOfSilence(record: string, reads: readonly string[]): string | undefined {
    if (record === RECORDED.queueLeft) {
        return "it returns queues that grow";
    }
    if (record === RECORDED.unauthenticated) {
        return "it returns who comes without valid credentials";
    }
    if (record === RECORDED.undecided) {
        return "it returns what was dropped too early";
    }
    if (record === RECORDED.azureFailed) {
        return "it returns what Azure Monitor did not take";
    }
    if (record === RECORDED.queueLost) {
        return "it returns what is lost";
    }
    return reads.some((name) => NAMES_AFTER_FAILURE.includes(name))
        ? "its counter appears with the first failure"
        : undefined;
}

function namesIn(expr: string): string[] {
    const words = new Set(expr.match(/[a-z_:]+/g) ?? []);
    return [...METRIC_NAMES, ...Object.values(RECORDED)].filter((name) => words.has(name));
}
