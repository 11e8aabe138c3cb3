import { onDisk } from "../../config/durability";
import type { Routes } from "../../config/routes";
import type { ScalingSettings } from "../../config/scaling";
import type { ScrapeTarget, ServiceTarget } from "../prometheus-config";
import type { CollectorEndpoints } from "./collector";
import { COLLECTOR_PORTS } from "./ports";

/** What Prometheus scrapes of a Collector: what it received, under its own name, and its own metrics beside that. */
export function collectorScrapeTargets(
    name: string,
    at: CollectorEndpoints,
    routes: Routes,
    pods: ScrapedPods,
): readonly (ScrapeTarget | ServiceTarget)[] {
    const own = target(ownMetricsJob(name), "telemetry", at, pods);
    return routes.metrics.includes("scrape") ? [target(name, "metrics", at, pods), own] : [own];
}

export interface ScrapedPods {
    /** How many there are; left out where that changes. */
    readonly replicas?: number;
    /** Whether each pod keeps its name: then one that is gone is a target that is down, and its series go on. */
    readonly named: boolean;
}

export function scrapedPods(settings: ScalingSettings): ScrapedPods {
    const { autoscaling, replicas } = settings.collector;
    return { named: onDisk(settings), ...(autoscaling.enabled ? {} : { replicas }) };
}

function target(
    job: string,
    port: "metrics" | "telemetry",
    { eachPod, everyPod, podRecords }: CollectorEndpoints,
    { named, replicas }: ScrapedPods,
): ScrapeTarget | ServiceTarget {
    const number = COLLECTOR_PORTS[port];
    if (!named) {
        return { job, host: everyPod, port: number };
    }
    return replicas === undefined
        ? { job, records: podRecords(port) }
        : { job, addresses: eachPod(replicas).map((pod) => `${pod}:${number}`) };
}

/** The `job` of a Collector's own metrics. */
export function ownMetricsJob(name: string): string {
    return `${name}-internal`;
}
