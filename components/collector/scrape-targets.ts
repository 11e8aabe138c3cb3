import type { Plan } from "../../config/model/plan";
import type { Routes } from "../../config/model/routes";
import type { DnsTarget, StaticTarget } from "../prometheus/config";
import type { CollectorEndpoints } from "./collector";
import { COLLECTOR_PORTS } from "./config/ports";

/** What Prometheus scrapes of a Collector: what it received, under its own name, and its own metrics beside that. */
export function collectorScrapeTargets(
    name: string,
    endpoints: CollectorEndpoints,
    routes: Routes,
    pods: ScrapedPods,
): readonly (DnsTarget | StaticTarget)[] {
    const target = (job: string, port: "metrics" | "telemetry") => resolveTarget(name, job, port, endpoints, pods);
    const internal = target(internalMetricsJob(name), "telemetry");
    return routes.metrics.includes("scrape") ? [target(name, "metrics"), internal] : [internal];
}

/** What Prometheus scrapes of the trace tier: its pods keep their names, so that each is a target by its own. */
export function traceTierTargets(name: string, { settings, traceTier }: Plan): readonly StaticTarget[] {
    if (traceTier === undefined) {
        return [];
    }
    const pods = podHosts(name, `${headlessServiceName(name)}.${settings.namespace.name}`, traceTier.replicas);
    return [{ job: internalMetricsJob(name), addresses: pods.map((pod) => `${pod}:${COLLECTOR_PORTS.telemetry}`) }];
}

/** The names of pods that keep them. */
function podHosts(name: string, headlessHost: string, replicas: number): readonly string[] {
    return Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}.${headlessHost}`);
}

export interface ScrapedPods {
    /** How many there are; left out where that changes. */
    readonly replicas?: number;
    /** Whether each pod keeps its name: then one that is gone is a target that is down, and its series go on. */
    readonly stableNames: boolean;
}

export function resolveScrapedPods({ ingestTier, usesPersistentQueues }: Plan): ScrapedPods {
    const { autoscaling, replicas } = ingestTier;
    return { stableNames: usesPersistentQueues, ...(autoscaling ? {} : { replicas }) };
}

function resolveTarget(
    name: string,
    job: string,
    port: "metrics" | "telemetry",
    { headlessHost }: CollectorEndpoints,
    { stableNames, replicas }: ScrapedPods,
): DnsTarget | StaticTarget {
    const number = COLLECTOR_PORTS[port];
    if (!stableNames) {
        return { job, host: headlessHost, port: number };
    }
    return replicas === undefined
        ? { job, srvRecord: `_${port}._tcp.${headlessHost}` }
        : { job, addresses: podHosts(name, headlessHost, replicas).map((pod) => `${pod}:${number}`) };
}

/** The Service by which each pod is found, ready or not. */
export function headlessServiceName(name: string): string {
    return `${name}-headless`;
}

/** The `job` of a Collector's own metrics. */
export function internalMetricsJob(name: string): string {
    return `${name}-internal`;
}
