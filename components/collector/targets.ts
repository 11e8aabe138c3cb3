import type { Routes } from "../../config/routes";
import type { ScrapeTarget } from "../prometheus-config";
import type { CollectorEndpoints } from "./collector";
import { COLLECTOR_PORTS } from "./ports";

/** What Prometheus scrapes of a Collector: what it received, under its own name, and its own metrics beside that. */
export function collectorScrapeTargets(
    name: string,
    { everyPod }: CollectorEndpoints,
    routes: Routes,
): readonly ScrapeTarget[] {
    const received = { job: name, host: everyPod, port: COLLECTOR_PORTS.metrics };
    const own = { job: ownMetricsJob(name), host: everyPod, port: COLLECTOR_PORTS.telemetry };
    return routes.metrics.includes("scrape") ? [received, own] : [own];
}

/** The `job` of a Collector's own metrics. */
export function ownMetricsJob(name: string): string {
    return `${name}-internal`;
}
