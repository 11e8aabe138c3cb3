import type { DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { timeSeries } from "./panels";
import { ITEMS, type Items, allSignals, failuresByExporter, own, ownRate } from "./promql";

const TITLES: Readonly<Record<Items, string>> = {
    spans: "Spans",
    metric_points: "Metric points",
    log_records: "Log records",
};

/** What the Collector takes, refuses, sends and loses, and how near it is to its limits. */
export function collector({ collectorMemory }: DashboardContext): DashboardSpec {
    return {
        uid: "otel-collector",
        title: "Collector",
        description: "What the Collector takes, refuses, sends and loses, and how near it is to its limits.",
        needs: "prometheus",
        variables: [],
        rows: [
            { title: "In", panels: Object.values(ITEMS).map(accepted) },
            { title: "Out", panels: Object.values(ITEMS).map(sent) },
            { title: "Trouble", panels: [refused(), ...Object.values(ITEMS).map(failed)] },
            { title: "Answers", panels: [httpAnswers(), grpcAnswers()] },
            { title: "Limits", panels: [queues(), memory(collectorMemory), cpu()] },
        ],
    };
}

function accepted(items: Items): PanelSpec {
    return timeSeries({
        title: `${TITLES[items]} accepted`,
        description: `${TITLES[items]} a second that passed the memory limiter, by transport.`,
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [
            {
                expr: `sum by (receiver, transport) (${ownRate(`otelcol_receiver_accepted_${items}`)})`,
                legend: "{{receiver}} {{transport}}",
            },
        ],
    });
}

function sent(items: Items): PanelSpec {
    return timeSeries({
        title: `${TITLES[items]} sent`,
        description: `${TITLES[items]} a second that each destination has taken.`,
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [
            {
                expr: `sum by (exporter) (${ownRate(`otelcol_exporter_sent_${items}`)})`,
                legend: "{{exporter}}",
            },
        ],
    });
}

function refused(): PanelSpec {
    return timeSeries({
        title: "Refused",
        description:
            "Items a second of all signals that clients were told to keep: by the receiver for whatever reason, and by the memory limiter as the cause.",
        source: "prometheus",
        width: 6,
        unit: "cps",
        limits: { critical: 0.001 },
        queries: [
            { expr: allSignals("otelcol_receiver_refused"), legend: "receiver" },
            { expr: allSignals("otelcol_processor_memory_limiter_refused"), legend: "memory limiter" },
        ],
    });
}

function failed(items: Items): PanelSpec {
    return timeSeries({
        title: `${TITLES[items]} lost`,
        description: "Items a second that could not be sent and are not tried again, or found the queue full.",
        source: "prometheus",
        width: 6,
        unit: "cps",
        limits: { critical: 0.001 },
        queries: [
            { expr: failuresByExporter("otelcol_exporter_send_failed", items), legend: "{{exporter}}: not sent" },
            { expr: failuresByExporter("otelcol_exporter_enqueue_failed", items), legend: "{{exporter}}: queue full" },
        ],
    });
}

function httpAnswers(): PanelSpec {
    return timeSeries({
        title: "HTTP answers",
        description:
            "Requests a second by status, those that nobody can read and those without valid credentials (401) too; health checks are among them.",
        source: "prometheus",
        width: 12,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (http_response_status_code) (${ownRate("http_server_request_duration_count")})`,
                legend: "{{http_response_status_code}}",
            },
        ],
    });
}

function grpcAnswers(): PanelSpec {
    return timeSeries({
        title: "gRPC answers",
        description: "Requests a second by status; UNAUTHENTICATED are those without valid credentials.",
        source: "prometheus",
        width: 12,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (rpc_response_status_code) (${ownRate("rpc_server_call_duration_count")})`,
                legend: "{{rpc_response_status_code}}",
            },
        ],
    });
}

function queues(): PanelSpec {
    const bySeries = "sum by (exporter, data_type)";
    return timeSeries({
        title: "Queues",
        description: "How full the queue of each exporter is. At 100 % its signal is refused or lost.",
        source: "prometheus",
        width: 8,
        unit: "percentunit",
        max: 1,
        limits: { warning: 0.5, critical: 0.8 },
        queries: [
            {
                expr: `${bySeries} (${own("otelcol_exporter_queue_size")}) / ${bySeries} (${own("otelcol_exporter_queue_capacity")})`,
                legend: "{{exporter}} {{data_type}}",
            },
        ],
    });
}

function memory({ limit, refusesAbove }: DashboardContext["collectorMemory"]): PanelSpec {
    return timeSeries({
        title: "Memory",
        description:
            "The heap, above whose line data is refused, and all memory of the process, at whose limit it is killed; the pod that uses most.",
        source: "prometheus",
        width: 8,
        unit: "bytes",
        queries: [
            { expr: `max(${own("otelcol_process_runtime_heap_alloc_bytes")})`, legend: "heap" },
            { expr: `vector(${refusesAbove})`, legend: "heap: refuses above" },
            { expr: `max(${own("otelcol_process_memory_rss")})`, legend: "process" },
            { expr: `vector(${limit})`, legend: "process: limit" },
        ],
    });
}

function cpu(): PanelSpec {
    return timeSeries({
        title: "CPU",
        description: "Cores that each pod uses.",
        source: "prometheus",
        width: 8,
        unit: "short",
        queries: [{ expr: `sum by (instance) (${ownRate("otelcol_process_cpu_seconds")})`, legend: "{{instance}}" }],
    });
}
