import { onDisk } from "../../config/durability";
import { hasTraceTier } from "../../config/layout";
import type { Routes } from "../../config/routes";
import type { ScalingSettings } from "../../config/scaling";
import type { StackSettings } from "../../config/schema";
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

/** And of the second tier's pods, which keep their names, each by its own. */
export function traceTierTargets(name: string, settings: TierTargetSettings): readonly ServiceTarget[] {
    const { namespace, traceTier } = settings;
    const pods = podNames(name, namespace.name, traceTier.replicas);
    return hasTraceTier(settings)
        ? [{ job: ownMetricsJob(name), addresses: pods.map((pod) => `${pod}:${COLLECTOR_PORTS.telemetry}`) }]
        : [];
}

type TierTargetSettings = Pick<StackSettings, "layout" | "namespace" | "traceTier">;

/** The names of pods that keep them. */
export function podNames(name: string, namespace: string, replicas: number): readonly string[] {
    return Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}.${headlessName(name)}.${namespace}`);
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

/** The Service by which each pod is found, ready or not. */
export function headlessName(name: string): string {
    return `${name}-headless`;
}

/** The `job` of a Collector's own metrics. */
export function ownMetricsJob(name: string): string {
    return `${name}-internal`;
}
