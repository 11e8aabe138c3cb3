import { PERSISTENT_QUEUE_CONSUMERS, type QueuePlan } from "../../../config/model/durability";
import type { Routes } from "../../../config/model/routes";
import type { Signal } from "../../../config/types/signal";
import type { CollectorSettings } from "../../../config/schema/schema";
import { MIB, parseBytes } from "../../../config/types/units";
import { goDuration } from "../../telemetry/go-duration";
import { renderLoadBalancing } from "./load-balancing";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE } from "./queue-storage";
import type { ExporterId, Exporters, ExporterTypes } from "./types/collector-config";
import type { RetryOnFailure, SendingQueue } from "./types/sending-queue";

/** Addresses of the backends. */
export interface BackendEndpoints {
    /** `host:port` of Jaeger's OTLP/gRPC receiver. */
    readonly jaeger: string;
    /** Base URL of Jaeger's OTLP/HTTP receiver, without the path of a signal. */
    readonly jaegerOtlp: string;
    /** Base URL of Loki's OTLP/HTTP endpoint, without the path of a signal. */
    readonly lokiOtlp: string;
    /** URL of VictoriaLogs' OTLP endpoint, and the headers of each request. */
    readonly victoriaLogs: { readonly otlp: string; readonly headers: Readonly<Record<string, string>> };
    /** Base URL of Prometheus' OTLP/HTTP receiver, without the path of a signal. */
    readonly prometheusOtlp: string;
    /** URL of Prometheus' remote write receiver. */
    readonly prometheusRemoteWrite: string;
    /** Hostname that resolves to the addresses of all ready pods of the trace tier, without a port. */
    readonly traceTier: string;
}

/** A route inside the stack. External destinations have separate exporters. */
export type BackendRoute = Exclude<Routes[Signal][number], "destinations">;

export interface ExporterSettings extends Pick<
    CollectorSettings,
    "batch" | "debugExporter" | "prometheusExporter" | "remoteWrite"
> {
    readonly queues: QueuePlan;
}

const EXPORTER_IDS = {
    jaeger: "otlp_grpc/jaeger",
    trace_tier: "load_balancing",
    loki: "otlp_http/loki",
    victorialogs: "otlp_http/victorialogs",
    scrape: "prometheus",
    remote_write: "prometheus_remote_write",
    otlp: "otlp_http/prometheus",
    debug: "debug",
} as const satisfies Record<BackendRoute, ExporterId>;

/** Reconnects immediately after Jaeger was down. A gRPC connection may wait up to a minute. */
const JAEGER_HTTP_EXPORTER = "otlp_http/jaeger" satisfies ExporterId;

export function exporterId(route: BackendRoute, persistentQueues: boolean): ExporterId {
    return route === "jaeger" && persistentQueues ? JAEGER_HTTP_EXPORTER : EXPORTER_IDS[route];
}

/** Renders the exporters of the routes in use. */
export function renderExporters(
    used: ReadonlySet<BackendRoute>,
    settings: ExporterSettings,
    backends: BackendEndpoints,
): Exporters {
    return {
        ...(used.has("jaeger") ? jaegerExporter(settings, backends) : {}),
        ...(used.has("trace_tier") ? { [EXPORTER_IDS.trace_tier]: traceTierExporter(settings, backends) } : {}),
        ...(used.has("loki") ? { [EXPORTER_IDS.loki]: otlpHttpExporter(backends.lokiOtlp, settings, "logs") } : {}),
        ...(used.has("victorialogs") ? { [EXPORTER_IDS.victorialogs]: victoriaLogsExporter(settings, backends) } : {}),
        ...(used.has("scrape") ? { [EXPORTER_IDS.scrape]: prometheusExporter(settings) } : {}),
        ...(used.has("remote_write")
            ? { [EXPORTER_IDS.remote_write]: remoteWriteExporter(backends.prometheusRemoteWrite, settings) }
            : {}),
        ...(used.has("otlp")
            ? { [EXPORTER_IDS.otlp]: otlpHttpExporter(backends.prometheusOtlp, settings, "metrics") }
            : {}),
        ...(used.has("debug") ? { [EXPORTER_IDS.debug]: renderDebugExporter(settings) } : {}),
    };
}

/**
 * Data stays in the queue while it is retried, and a full queue rejects new data. The Collector's default of 5 minutes
 * would lose acknowledged data in a longer outage. What is given up counts as `send_failed`.
 */
export function renderRetry({ maxRetryTime }: QueuePlan): RetryOnFailure {
    return {
        enabled: true,
        max_interval: "5s",
        max_elapsed_time: maxRetryTime === undefined ? "0s" : goDuration(maxRetryTime),
    };
}

/** One of the largest requests. Requests that wait to be printed take memory, and a request that does not fit is not printed. */
const DEBUG_QUEUE_BYTES = 4 * MIB;

function renderDebugExporter({ debugExporter }: ExporterSettings): ExporterTypes["debug"] {
    return {
        verbosity: debugExporter.verbosity,
        sending_queue: { sizer: "bytes", queue_size: DEBUG_QUEUE_BYTES, num_consumers: 1 },
    };
}

const REMOTE_WRITE_TIMEOUT = "10m";

function jaegerExporter(settings: ExporterSettings, backends: BackendEndpoints): Exporters {
    return settings.queues.volume
        ? { [JAEGER_HTTP_EXPORTER]: otlpHttpExporter(backends.jaegerOtlp, settings, "traces") }
        : { [EXPORTER_IDS.jaeger]: otlpGrpcExporter(backends.jaeger, settings, "traces") };
}

function traceTierExporter(settings: ExporterSettings, backends: BackendEndpoints): ExporterTypes["load_balancing"] {
    return renderLoadBalancing(backends.traceTier, {
        retry_on_failure: renderRetry(settings.queues),
        sending_queue: renderSendingQueue(settings, settings.queues.bytes.traces),
    });
}

function otlpGrpcExporter(endpoint: string, settings: ExporterSettings, signal: Signal): ExporterTypes["otlp_grpc"] {
    return {
        endpoint,
        tls: { insecure: true },
        retry_on_failure: renderRetry(settings.queues),
        sending_queue: renderSendingQueue(settings, settings.queues.bytes[signal]),
    };
}

function otlpHttpExporter(endpoint: string, settings: ExporterSettings, signal: Signal): ExporterTypes["otlp_http"] {
    return {
        endpoint,
        retry_on_failure: renderRetry(settings.queues),
        sending_queue: renderSendingQueue(settings, settings.queues.bytes[signal]),
    };
}

function victoriaLogsExporter(
    settings: ExporterSettings,
    { victoriaLogs: { otlp, headers } }: BackendEndpoints,
): ExporterTypes["otlp_http"] {
    return { ...otlpHttpExporter(otlp, settings, "logs"), headers };
}

/**
 * Batches in the sending queue. The batch processor acknowledges data before it is exported, and hides errors from the
 * client.
 */
export function renderSendingQueue(
    { batch, queues }: ExporterSettings,
    bytes: number,
    persistentConsumers = PERSISTENT_QUEUE_CONSUMERS.own,
): SendingQueue {
    return {
        sizer: "bytes",
        queue_size: bytes,
        ...(queues.volume ? { storage: QUEUE_STORAGE, num_consumers: persistentConsumers } : {}),
        batch: {
            flush_timeout: goDuration(batch.flushTimeout),
            sizer: "bytes",
            min_size: parseBytes(batch.minSize),
            max_size: parseBytes(batch.maxSize),
        },
    };
}

function prometheusExporter({ prometheusExporter: settings }: ExporterSettings): ExporterTypes["prometheus"] {
    return {
        endpoint: `0.0.0.0:${COLLECTOR_PORTS.metrics}`,
        metric_expiration: goDuration(settings.metricExpiration),
        read_timeout: "10s",
    };
}

function remoteWriteExporter(
    endpoint: string,
    { batch, queues, remoteWrite: settings }: ExporterSettings,
): ExporterTypes["prometheus_remote_write"] {
    return {
        http: { endpoint, timeout: "10s" },
        // Limit of an export with all its retries. With the default of 5s, an outage drops every batch. Collector 0.161
        // reads this as `timeout`. From 0.162, `timeout` limits one attempt, which `http.timeout` ends earlier.
        timeout: REMOTE_WRITE_TIMEOUT,
        retry_on_failure: { ...renderRetry(queues), max_elapsed_time: REMOTE_WRITE_TIMEOUT },
        remote_write_queue: { enabled: true, queue_size: settings.queueSize, num_consumers: 5 },
        max_batch_size_bytes: parseBytes(batch.maxSize),
    };
}
