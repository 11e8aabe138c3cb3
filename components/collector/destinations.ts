import { CONSUMERS_FROM_DISK, type Queues } from "../../config/durability";
import type { Routes } from "../../config/routes";
import type { Signal } from "../../config/signals";
import type { CollectorSettings } from "../../config/schema";
import { bytesOf } from "../../config/units";
import { goDuration } from "../shared/duration";
import { loadBalancing } from "./load-balancing";
import { COLLECTOR_PORTS } from "./ports";
import { QUEUE_STORAGE } from "./queue-storage";
import type { ExporterId, Exporters, ExporterTypes, SendingQueue } from "./types";

/** Where the backends that the routes lead to are reached. */
export interface Backends {
    /** `host:port` of Jaeger that takes OTLP over gRPC. */
    readonly jaeger: string;
    /** URL of Jaeger that takes OTLP over HTTP, without a signal's path. */
    readonly jaegerOtlp: string;
    /** URL of Loki that takes OTLP over HTTP, without a signal's path. */
    readonly lokiOtlp: string;
    /** How VictoriaLogs is reached, and what it is told of each request. */
    readonly victoriaLogs: { readonly otlp: string; readonly headers: Readonly<Record<string, string>> };
    /** URL of Prometheus that takes OTLP over HTTP, without a signal's path. */
    readonly prometheusOtlp: string;
    /** URL of Prometheus that takes remote write. */
    readonly prometheusRemoteWrite: string;
    /** Name of every pod of the second tier that is ready, without a port. */
    readonly traceTier: string;
}

/** A way to a place of the stack; the further destinations have exporters of their own. */
export type Route = Exclude<Routes[Signal][number], "further">;

export interface DestinationSettings extends Pick<CollectorSettings, "batch" | "debug" | "remoteWrite" | "scrape"> {
    readonly queues: Queues;
}

const EXPORTERS = {
    jaeger: "otlp_grpc/jaeger",
    trace_tier: "load_balancing",
    loki: "otlp_http/loki",
    victorialogs: "otlp_http/victorialogs",
    scrape: "prometheus",
    remote_write: "prometheus_remote_write",
    otlp: "otlp_http/prometheus",
    debug: "debug",
} as const satisfies Record<Route, ExporterId>;

/** Reaches a Jaeger that was away at once, and not up to a minute later. */
const JAEGER_BY_HTTP = "otlp_http/jaeger" satisfies ExporterId;

/** The exporter of each route. */
export function exporterOf(route: Route, onDisk: boolean): ExporterId {
    return route === "jaeger" && onDisk ? JAEGER_BY_HTTP : EXPORTERS[route];
}

/** The exporters of the routes that are used. */
export function exportersOf(used: ReadonlySet<Route>, settings: DestinationSettings, backends: Backends): Exporters {
    return {
        ...(used.has("jaeger") ? jaeger(settings, backends) : {}),
        ...(used.has("trace_tier") ? { [EXPORTERS.trace_tier]: traceTier(settings, backends) } : {}),
        ...(used.has("loki") ? { [EXPORTERS.loki]: otlpHttp(backends.lokiOtlp, settings, "logs") } : {}),
        ...(used.has("victorialogs") ? { [EXPORTERS.victorialogs]: victoriaLogs(settings, backends) } : {}),
        ...(used.has("scrape") ? { [EXPORTERS.scrape]: scraped(settings) } : {}),
        ...(used.has("remote_write")
            ? { [EXPORTERS.remote_write]: remoteWrite(backends.prometheusRemoteWrite, settings) }
            : {}),
        ...(used.has("otlp") ? { [EXPORTERS.otlp]: otlpHttp(backends.prometheusOtlp, settings, "metrics") } : {}),
        ...(used.has("debug") ? { [EXPORTERS.debug]: { verbosity: settings.debug.verbosity } } : {}),
    };
}

/**
 * Retries without end: what cannot be sent stays in the queue, and a client is refused when that is full. Giving up
 * after the default of 5 minutes would lose data that the client was told is safe.
 */
export const RETRY = { enabled: true, max_interval: "5s", max_elapsed_time: "0s" } as const;

const REMOTE_WRITE_TIMEOUT = "10m";

function jaeger(settings: DestinationSettings, backends: Backends): Exporters {
    return settings.queues.volume
        ? { [JAEGER_BY_HTTP]: otlpHttp(backends.jaegerOtlp, settings, "traces") }
        : { [EXPORTERS.jaeger]: otlpGrpc(backends.jaeger, settings, "traces") };
}

function traceTier(settings: DestinationSettings, backends: Backends): ExporterTypes["load_balancing"] {
    return loadBalancing(backends.traceTier, {
        retry_on_failure: RETRY,
        sending_queue: sendingQueue(settings, settings.queues.bytes.traces),
    });
}

function otlpGrpc(endpoint: string, settings: DestinationSettings, signal: Signal): ExporterTypes["otlp_grpc"] {
    return {
        endpoint,
        tls: { insecure: true },
        retry_on_failure: RETRY,
        sending_queue: sendingQueue(settings, settings.queues.bytes[signal]),
    };
}

function otlpHttp(endpoint: string, settings: DestinationSettings, signal: Signal): ExporterTypes["otlp_http"] {
    return { endpoint, retry_on_failure: RETRY, sending_queue: sendingQueue(settings, settings.queues.bytes[signal]) };
}

function victoriaLogs(
    settings: DestinationSettings,
    { victoriaLogs: { otlp, headers } }: Backends,
): ExporterTypes["otlp_http"] {
    return { ...otlpHttp(otlp, settings, "logs"), headers };
}

/** Batches in the queue, not in the batch processor: that one acknowledges first and swallows errors. */
export function sendingQueue(
    { batch, queues }: DestinationSettings,
    bytes: number,
    consumersFromDisk = CONSUMERS_FROM_DISK.own,
): SendingQueue {
    return {
        sizer: "bytes",
        queue_size: bytes,
        ...(queues.volume ? { storage: QUEUE_STORAGE, num_consumers: consumersFromDisk } : {}),
        batch: {
            flush_timeout: goDuration(batch.timeout),
            sizer: "bytes",
            min_size: bytesOf(batch.minSize),
            max_size: bytesOf(batch.maxSize),
        },
    };
}

function scraped({ scrape }: DestinationSettings): ExporterTypes["prometheus"] {
    return {
        endpoint: `0.0.0.0:${COLLECTOR_PORTS.metrics}`,
        metric_expiration: goDuration(scrape.expiration),
        read_timeout: "10s",
    };
}

function remoteWrite(
    endpoint: string,
    { batch, remoteWrite: settings }: DestinationSettings,
): ExporterTypes["prometheus_remote_write"] {
    return {
        http: { endpoint, timeout: "10s" },
        // Of an export with all its attempts: at the default of 5s an outage drops batch after batch. Collector 0.161
        // reads it as `timeout`; from 0.162 on that is of one attempt, which `http.timeout` ends before.
        timeout: REMOTE_WRITE_TIMEOUT,
        retry_on_failure: { ...RETRY, max_elapsed_time: REMOTE_WRITE_TIMEOUT },
        remote_write_queue: { enabled: true, queue_size: settings.queueSize, num_consumers: 5 },
        max_batch_size_bytes: bytesOf(batch.maxSize),
    };
}
