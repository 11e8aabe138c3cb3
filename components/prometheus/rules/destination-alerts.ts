import { alert } from "./alert";
import { AZURE_MEMORY_LIMITER } from "../../collector/config/pipelines";
import { RECORDING_RULES } from "./recording";
import type { AlertingRule } from "./types";

/** What is on the way beside the stack's own backends, as alerts see it. */
export interface DestinationAlertArgs {
    /** Exporters that drop what finds their queue full. Not Azure Monitor's: its queue never is. */
    readonly droppingExporters: readonly string[];
    /** Whether Azure Monitor is among the destinations. */
    readonly azureMonitor: boolean;
    /** Whether traces are held until it is decided which are kept. */
    readonly tailSampling: boolean;
}

export function destinationAlerts({
    azureMonitor,
    droppingExporters,
    tailSampling,
}: DestinationAlertArgs): AlertingRule[] {
    return [
        ...(droppingExporters.length === 0 ? [] : [destinationDroppingData(droppingExporters)]),
        ...(tailSampling ? [tailSamplingDroppedEarly()] : []),
        ...(azureMonitor ? [azureMonitorExportFailing(), azureMonitorMemoryLimited()] : []),
    ];
}

/** Of the exporters that turn clients away instead. */
export function excludeDropping({ droppingExporters }: DestinationAlertArgs): string {
    return droppingExporters.length === 0 ? "" : `{exporter!~"${droppingExporters.join("|")}"}`;
}

/** Of the memory limiter that clients hear of. */
export function excludeAzureLimiter({ azureMonitor }: DestinationAlertArgs): string {
    return azureMonitor ? `{processor!="${AZURE_MEMORY_LIMITER}"}` : "";
}

function destinationDroppingData(exporters: readonly string[]): AlertingRule {
    return alert("DestinationDroppingData", "critical", {
        expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.queueFull}{exporter=~"${exporters.join("|")}"}) > 0`,
        summary: "The Collector {{ $labels.instance }} loses {{ $labels.signal }} for {{ $labels.exporter }}",
        description:
            "{{ $value | humanize }} items found its queue full and are lost there. Other destinations have them.",
    });
}

function azureMonitorExportFailing(): AlertingRule {
    return alert("AzureMonitorExportFailing", "critical", {
        expr: `sum by (job, instance) (${RECORDING_RULES.azureFailed}) > 0`,
        for: "1m",
        summary: "Azure Monitor does not take what the Collector {{ $labels.instance }} sends",
        description:
            "{{ $value | humanize }} requests failed. Each is tried four times within two minutes, and lost then; no other metric says so.",
    });
}

function azureMonitorMemoryLimited(): AlertingRule {
    return alert("AzureMonitorMemoryLimited", "critical", {
        expr: `sum by (job, instance, signal) (${RECORDING_RULES.limited}{processor="${AZURE_MEMORY_LIMITER}"}) > 0`,
        summary: "The Collector {{ $labels.instance }} has no memory to send {{ $labels.signal }} to Azure Monitor",
        description: "{{ $value | humanize }} items are lost there. The stack's own backends have them.",
    });
}

function tailSamplingDroppedEarly(): AlertingRule {
    return alert("TailSamplingDroppedEarly", "warning", {
        expr: `sum by (job, instance) (${RECORDING_RULES.undecided}) > 0`,
        summary: "The Collector {{ $labels.instance }} drops traces undecided",
        description: "{{ $value | humanize }} had no room to wait, whether they had an error or not.",
    });
}
