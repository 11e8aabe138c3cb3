import { alert } from "./alert";
import { AZURE_LIMITER } from "../collector/pipelines";
import { RECORDED } from "./recording";
import type { AlertingRule } from "./types";

/** What is on the way beside the stack's own backends, as alerts see it. */
export interface FurtherAlerting {
    /** Exporters that drop what finds their queue full. Not Azure Monitor's: its queue never is. */
    readonly dropping: readonly string[];
    /** Whether Azure Monitor is among the destinations. */
    readonly azureMonitor: boolean;
    /** Whether traces are held until it is decided which are kept. */
    readonly sampled: boolean;
}

export function furtherAlerts({ azureMonitor, dropping, sampled }: FurtherAlerting): AlertingRule[] {
    return [
        ...(dropping.length === 0 ? [] : [destinationDrops(dropping)]),
        ...(sampled ? [tailSamplingTooEarly()] : []),
        ...(azureMonitor ? [azureMonitorFails(), azureMonitorCutOff()] : []),
    ];
}

/** Of the exporters that turn clients away instead. */
export function isRefused({ dropping }: FurtherAlerting): string {
    return dropping.length === 0 ? "" : `{exporter!~"${dropping.join("|")}"}`;
}

/** Of the memory limiter that clients hear of. */
export function isClients({ azureMonitor }: FurtherAlerting): string {
    return azureMonitor ? `{processor!="${AZURE_LIMITER}"}` : "";
}

function destinationDrops(dropping: readonly string[]): AlertingRule {
    return alert("DestinationDropsData", "critical", {
        expr: `sum by (job, instance, signal, exporter) (${RECORDED.queueFull}{exporter=~"${dropping.join("|")}"}) > 0`,
        summary: "The Collector {{ $labels.instance }} loses {{ $labels.signal }} for {{ $labels.exporter }}",
        description:
            "{{ $value | humanize }} items found its queue full and are lost there. Other destinations have them.",
    });
}

function azureMonitorFails(): AlertingRule {
    return alert("AzureMonitorFails", "critical", {
        expr: `sum by (job, instance) (${RECORDED.azureFailed}) > 0`,
        for: "1m",
        summary: "Azure Monitor does not take what the Collector {{ $labels.instance }} sends",
        description:
            "{{ $value | humanize }} requests failed. Each is tried four times within two minutes, and lost then; no other metric says so.",
    });
}

function azureMonitorCutOff(): AlertingRule {
    return alert("AzureMonitorCutOff", "critical", {
        expr: `sum by (job, instance, signal) (${RECORDED.limited}{processor="${AZURE_LIMITER}"}) > 0`,
        summary: "The Collector {{ $labels.instance }} has no memory to send {{ $labels.signal }} to Azure Monitor",
        description: "{{ $value | humanize }} items are lost there. The stack's own backends have them.",
    });
}

function tailSamplingTooEarly(): AlertingRule {
    return alert("TailSamplingTooEarly", "warning", {
        expr: `sum by (job, instance) (${RECORDED.undecided}) > 0`,
        summary: "The Collector {{ $labels.instance }} drops traces undecided",
        description: "{{ $value | humanize }} had no room to wait, whether they had an error or not.",
    });
}
