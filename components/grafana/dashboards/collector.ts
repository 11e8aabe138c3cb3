import type { CollectorMemory, DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { timeSeries } from "./panels";
import {
    COLLECTOR_JOB,
    ITEMS,
    type Items,
    TRACE_TIER_JOB,
    allSignals,
    failuresByExporter,
    own,
    ownRate,
} from "./promql";

const TITLES: Readonly<Record<Items, string>> = {
    spans: "Spans",
    metric_points: "Metric points",
    log_records: "Log records",
};

/** Which tier panels are of, and what their titles start with. */
const FIRST = { job: COLLECTOR_JOB, prefix: "" };
const SECOND: typeof FIRST = { job: TRACE_TIER_JOB, prefix: "Second tier: " };

/** What the Collector takes, refuses, sends and loses, and how near it is to its limits. */
export function collector({ collectorMemory, traceTier }: DashboardContext): DashboardSpec {
    return {
        uid: "otel-collector",
        title: "Collector",
        description: "What the Collector takes, refuses, sends and loses, and how near it is to its limits.",
        needs: "prometheus",
        variables: [],
        rows: [
            { title: "In", panels: Object.values(ITEMS).map(accepted) },
            { title: "Out", panels: Object.values(ITEMS).map((items) => sent(items)) },
            { title: "Trouble", panels: [refused(), ...Object.values(ITEMS).map((items) => failed(items))] },
            { title: "Answers", panels: [httpAnswers(), grpcAnswers()] },
            { title: "Limits", panels: [queues(), memory(collectorMemory), cpu()] },
            ...(traceTier ? [{ title: "Second tier", panels: secondTier(traceTier.memory) }] : []),
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

function sent(items: Items, of = FIRST): PanelSpec {
    return timeSeries({
        title: `${of.prefix}${TITLES[items]} sent`,
        description: `${TITLES[items]} a second that each destination has taken.`,
        source: "prometheus",
        width: 8,
        unit: "cps",
        queries: [
            {
                expr: `sum by (exporter) (${ownRate(`otelcol_exporter_sent_${items}`, "", of.job)})`,
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

function failed(items: Items, of = FIRST): PanelSpec {
    return timeSeries({
        title: `${of.prefix}${TITLES[items]} lost`,
        description: "Items a second that could not be sent and are not tried again, or found the queue full.",
        source: "prometheus",
        width: 6,
        unit: "cps",
        limits: { critical: 0.001 },
        queries: [
            {
                expr: failuresByExporter("otelcol_exporter_send_failed", items, of.job),
                legend: "{{exporter}}: not sent",
            },
            {
                expr: failuresByExporter("otelcol_exporter_enqueue_failed", items, of.job),
                legend: "{{exporter}}: queue full",
            },
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

function queues(of = FIRST): PanelSpec {
    const bySeries = "sum by (exporter, data_type)";
    const size = own("otelcol_exporter_queue_size", "", of.job);
    const capacity = own("otelcol_exporter_queue_capacity", "", of.job);
    return timeSeries({
        title: `${of.prefix}Queues`,
        description: "How full the queue of each exporter is. At 100 % its signal is refused or lost.",
        source: "prometheus",
        width: 8,
        unit: "percentunit",
        max: 1,
        limits: { warning: 0.5, critical: 0.8 },
        queries: [{ expr: `${bySeries} (${size}) / ${bySeries} (${capacity})`, legend: "{{exporter}} {{data_type}}" }],
    });
}

function memory({ limit, refusesAbove }: CollectorMemory, of = FIRST): PanelSpec {
    const most = (metric: string) => `max(${own(metric, "", of.job)})`;
    return timeSeries({
        title: `${of.prefix}Memory`,
        description:
            "The heap, above whose line data is refused, and all memory of the process, at whose limit it is killed; the pod that uses most.",
        source: "prometheus",
        width: 8,
        unit: "bytes",
        queries: [
            { expr: most("otelcol_process_runtime_heap_alloc_bytes"), legend: "heap" },
            { expr: `vector(${refusesAbove})`, legend: "heap: refuses above" },
            { expr: most("otelcol_process_memory_rss"), legend: "process" },
            { expr: `vector(${limit})`, legend: "process: limit" },
        ],
    });
}

function cpu(of = FIRST): PanelSpec {
    return timeSeries({
        title: `${of.prefix}CPU`,
        description: "Cores that each pod uses.",
        source: "prometheus",
        width: 8,
        unit: "short",
        queries: [
            {
                expr: `sum by (instance) (${ownRate("otelcol_process_cpu_seconds", "", of.job)})`,
                legend: "{{instance}}",
            },
        ],
    });
}

function secondTier(limits: CollectorMemory): readonly PanelSpec[] {
    const spans = ITEMS.traces;
    return [
        timeSeries({
            title: `${SECOND.prefix}Spans accepted`,
            description: "Spans a second that each pod took of the first tier: its part of the traces.",
            source: "prometheus",
            width: 8,
            unit: "cps",
            queries: [
                {
                    expr: `sum by (instance) (${ownRate(`otelcol_receiver_accepted_${spans}`, "", SECOND.job)})`,
                    legend: "{{instance}}",
                },
            ],
        }),
        sent(spans, SECOND),
        failed(spans, SECOND),
        queues(SECOND),
        memory(limits, SECOND),
        cpu(SECOND),
    ];
}
