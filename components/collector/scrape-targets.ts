import { usesPersistentQueues } from "../../config/model/durability";
import { hasTraceTier } from "../../config/model/topology";
import type { Routes } from "../../config/model/routes";
import type { AutoscalingSettings } from "../../config/model/autoscaling";
import type { StackSettings } from "../../config/schema/schema";
import type { DnsTarget, StaticTarget } from "../prometheus/config";
import type { CollectorEndpoints } from "./collector";
import { COLLECTOR_PORTS } from "./config/ports";

/** The scrape targets of a Collector: the metrics that it received, and its own metrics. */
export function collectorScrapeTargets(
    name: string,
    endpoints: CollectorEndpoints,
    routes: Routes,
    pods: ScrapedPods,
): readonly (DnsTarget | StaticTarget)[] {
    const internal = resolveTarget(internalMetricsJob(name), "telemetry", endpoints, pods);
    return routes.metrics.includes("scrape") ? [resolveTarget(name, "metrics", endpoints, pods), internal] : [internal];
}

/** The scrape targets of the trace tier. Its pods have stable names, so each is a separate target. */
export function traceTierTargets(name: string, settings: TraceTierTargetSettings): readonly StaticTarget[] {
    const { namespace, traceTier } = settings;
    const pods = podDnsNames(name, namespace.name, traceTier.replicas);
    return hasTraceTier(settings)
        ? [{ job: internalMetricsJob(name), addresses: pods.map((pod) => `${pod}:${COLLECTOR_PORTS.telemetry}`) }]
        : [];
}

type TraceTierTargetSettings = Pick<StackSettings, "topology" | "namespace" | "traceTier">;

/** DNS names of pods with stable names. */
export function podDnsNames(name: string, namespace: string, replicas: number): readonly string[] {
    return Array.from(
        { length: replicas },
        (_, ordinal) => `${name}-${ordinal}.${headlessServiceName(name)}.${namespace}`,
    );
}

export interface ScrapedPods {
    /** Number of pods. Undefined if it changes. */
    readonly replicas?: number;
    /**
     * Whether pods have stable names. Then a missing pod is a target that is down, and its series continue after a
     * restart.
     */
    readonly stableNames: boolean;
}

export function resolveScrapedPods(settings: AutoscalingSettings): ScrapedPods {
    const { autoscaling, replicas } = settings.collector;
    return { stableNames: usesPersistentQueues(settings), ...(autoscaling.enabled ? {} : { replicas }) };
}

function resolveTarget(
    job: string,
    port: "metrics" | "telemetry",
    { podHosts, headlessHost, srvRecord }: CollectorEndpoints,
    { stableNames, replicas }: ScrapedPods,
): DnsTarget | StaticTarget {
    const number = COLLECTOR_PORTS[port];
    if (!stableNames) {
        return { job, host: headlessHost, port: number };
    }
    return replicas === undefined
        ? { job, srvRecord: srvRecord(port) }
        : { job, addresses: podHosts(replicas).map((pod) => `${pod}:${number}`) };
}

/** Name of the headless Service for all pods, ready or not. */
export function headlessServiceName(name: string): string {
    return `${name}-headless`;
}

/** The `job` label of a Collector's own metrics. */
export function internalMetricsJob(name: string): string {
    return `${name}-internal`;
}
