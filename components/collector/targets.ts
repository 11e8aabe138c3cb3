import type { Routes } from "../../config/routes";
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
    const own = target(ownMetricsJob(name), COLLECTOR_PORTS.telemetry, at, pods);
    return routes.metrics.includes("scrape") ? [target(name, COLLECTOR_PORTS.metrics, at, pods), own] : [own];
}

export interface ScrapedPods {
    readonly replicas: number;
    /** Whether each pod keeps its name: then one that is gone is a target that is down, and its series go on. */
    readonly named: boolean;
}

function target(
    job: string,
    port: number,
    { eachPod, everyPod }: CollectorEndpoints,
    { named, replicas }: ScrapedPods,
): ScrapeTarget | ServiceTarget {
    return named ? { job, addresses: eachPod(replicas).map((pod) => `${pod}:${port}`) } : { job, host: everyPod, port };
}

/** The `job` of a Collector's own metrics. */
export function ownMetricsJob(name: string): string {
    return `${name}-internal`;
}
