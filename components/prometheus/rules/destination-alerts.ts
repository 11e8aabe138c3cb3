import { alert } from "./alert";
import { AZURE_MEMORY_LIMITER } from "../../collector/config/memory-limiter";
import { RECORDING_RULES } from "./recording";
import type { AlertingRule } from "./types";

/** The features of the Collector on which destination alerts depend. */
export interface DestinationAlertArgs {
    /** Exporters that drop data when their queue is full. Excludes Azure Monitor's exporter, whose queue never is. */
    readonly droppingExporters: readonly string[];
    /** Whether Azure Monitor is a destination. */
    readonly azureMonitor: boolean;
    /** Whether traces wait for a tail sampling decision. */
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

/** Matches exporters that reject data when their queue is full. */
export function excludeDropping({ droppingExporters }: DestinationAlertArgs): string {
    return droppingExporters.length === 0 ? "" : `{exporter!~"${droppingExporters.join("|")}"}`;
}

/** Matches the memory limiter that returns errors to clients. */
export function excludeAzureLimiter({ azureMonitor }: DestinationAlertArgs): string {
    return azureMonitor ? `{processor!="${AZURE_MEMORY_LIMITER}"}` : "";
}

function destinationDroppingData(exporters: readonly string[]): AlertingRule {
    return alert("DestinationDroppingData", "critical", {
        expr: `sum by (job, instance, signal, exporter) (${RECORDING_RULES.queueFull}{exporter=~"${exporters.join("|")}"}) > 0`,
        summary: "Collector {{ $labels.instance }} is dropping {{ $labels.signal }} for {{ $labels.exporter }}",
        description:
            "Its queue is full, and {{ $value | humanize }} items are lost. Other destinations are not affected.",
    });
}

function azureMonitorExportFailing(): AlertingRule {
    return alert("AzureMonitorExportFailing", "critical", {
        expr: `sum by (job, instance) (${RECORDING_RULES.azureFailed}) > 0`,
        for: "1m",
        summary: "Collector {{ $labels.instance }} cannot export to Azure Monitor",
        description:
            "{{ $value | humanize }} requests failed. The exporter makes four attempts within two minutes and then drops the data. No other metric counts that.",
    });
}

function azureMonitorMemoryLimited(): AlertingRule {
    return alert("AzureMonitorMemoryLimited", "critical", {
        expr: `sum by (job, instance, signal) (${RECORDING_RULES.limited}{processor="${AZURE_MEMORY_LIMITER}"}) > 0`,
        summary:
            "Collector {{ $labels.instance }} is dropping {{ $labels.signal }} for Azure Monitor because its memory is full",
        description:
            "{{ $value | humanize }} items are lost for Azure Monitor. The stack's own backends are not affected.",
    });
}

function tailSamplingDroppedEarly(): AlertingRule {
    return alert("TailSamplingDroppedEarly", "warning", {
        expr: `sum by (job, instance) (${RECORDING_RULES.undecided}) > 0`,
        summary: "Collector {{ $labels.instance }} is dropping traces before the sampling decision",
        description:
            "{{ $value | humanize }} traces did not fit into memory and were dropped, including traces with errors.",
    });
}
