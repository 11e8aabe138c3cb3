import type { Plan } from "../../config/model/plan";
import type { Routes } from "../../config/model/routes";
import type { DnsTarget, StaticTarget } from "../telemetry/scrape-target";
import { COLLECTOR_PORTS } from "./config/ports";
import { headlessServiceName, podHosts } from "../kubernetes/endpoint";
import type { CollectorEndpoints } from "./endpoints";

/** The scrape targets of a Collector: the metrics that it received, and its own metrics. */
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

/** The scrape targets of the trace tier. Its pods have stable names, so each is a separate target. */
export function traceTierTargets(name: string, { settings, traceTier }: Plan): readonly StaticTarget[] {
    if (traceTier === undefined) {
        return [];
    }
    const pods = podHosts(name, `${headlessServiceName(name)}.${settings.namespace.name}`, traceTier.replicas);
    return [{ job: internalMetricsJob(name), addresses: pods.map((pod) => `${pod}:${COLLECTOR_PORTS.telemetry}`) }];
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

/** The `job` label of a Collector's own metrics. */
export function internalMetricsJob(name: string): string {
    return `${name}-internal`;
}
