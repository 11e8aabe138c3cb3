import { OTLPLogExporter as GrpcLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as HttpLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter as GrpcMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as HttpMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter as GrpcTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Protocol } from "./types";

/** Common interface of the SDK's exporters. */
export interface Exporter<T> {
    export(items: T, done: (result: { readonly code: number; readonly error?: Error }) => void): void;
    shutdown(): Promise<void>;
}

interface ExporterOptions {
    readonly url: string;
    readonly timeoutMillis: number;
    readonly concurrencyLimit: number;
}

function exporterOptions(url: string, timeoutMs: number): ExporterOptions {
    // The default limit of 30 concurrent requests would fail spans that wait while a pod is replaced.
    return { url, timeoutMillis: timeoutMs, concurrencyLimit: 10_000 };
}

/** @param url Scheme, host and port, without a path. */
export function createTraceExporter(protocol: Protocol, url: string, timeoutMs: number): Exporter<ReadableSpan[]> {
    return protocol === "grpc"
        ? createWithoutProxy(() => new GrpcTraceExporter(exporterOptions(url, timeoutMs)))
        : new HttpTraceExporter(exporterOptions(`${url}/v1/traces`, timeoutMs));
}

/** @param url Scheme, host and port, without a path. */
export function createMetricExporter(protocol: Protocol, url: string, timeoutMs: number): Exporter<ResourceMetrics> {
    return protocol === "grpc"
        ? createWithoutProxy(() => new GrpcMetricExporter(exporterOptions(url, timeoutMs)))
        : new HttpMetricExporter(exporterOptions(`${url}/v1/metrics`, timeoutMs));
}

/** @param url Scheme, host and port, without a path. */
export function createLogExporter(protocol: Protocol, url: string, timeoutMs: number): Exporter<ReadableLogRecord[]> {
    return protocol === "grpc"
        ? createWithoutProxy(() => new GrpcLogExporter(exporterOptions(url, timeoutMs)))
        : new HttpLogExporter(exporterOptions(`${url}/v1/logs`, timeoutMs));
}

/** Excludes loopback addresses from the proxy in the environment, which gRPC would use even for a port-forward. */
function createWithoutProxy<T>(make: () => T): T {
    const bypass = process.env.no_grpc_proxy ?? process.env.no_proxy ?? "";
    if (!bypass.split(",").includes("127.0.0.1")) {
        process.env.no_grpc_proxy = [bypass, "127.0.0.1", "localhost"].filter((host) => host !== "").join(",");
    }
    return make();
}

/**
 * Sends the items once.
 *
 * @throws when the receiver does not accept them.
 */
export async function exportOnce<T>(exporter: Exporter<T>, items: T): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        exporter.export(items, ({ code, error }) => {
            if (code === 0) {
                resolve();
            } else {
                reject(error ?? new Error("the exporter failed without an error message"));
            }
        });
    });
}

/** Status codes that clients may retry according to the OTLP specification. */
const RETRYABLE_GRPC = new Set([1, 4, 8, 10, 11, 14, 15]);
const RETRYABLE_HTTP = new Set([429, 502, 503, 504]);

function errorCode(error: unknown): unknown {
    return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** Whether a client may retry after an error. False for permanent errors, such as HTTP 400 or gRPC UNIMPLEMENTED. */
export function isRetryable(error: unknown, protocol: Protocol): boolean {
    const code = errorCode(error);
    // An error without a numeric code is a connection error, or a retryable status, which the SDK hides.
    return typeof code !== "number" || (protocol === "grpc" ? RETRYABLE_GRPC : RETRYABLE_HTTP).has(code);
}

/** Formats an export error. The SDK stores the HTTP status and the response outside the message. */
export function describeExportError(error: unknown, protocol: Protocol): string {
    if (!(error instanceof Error)) {
        return String(error);
    }
    if (error.message === "Export failed with retryable status") {
        return "HTTP 429, 502, 503 or 504: the receiver is overloaded or not ready";
    }
    const code = errorCode(error);
    if (protocol === "grpc" || typeof code !== "number") {
        return error.message === "" ? String(code) : error.message;
    }
    const answer = "data" in error && typeof error.data === "string" ? error.data.trim() : "";
    return [`HTTP ${code}`, error.message, answer].filter((part) => part !== "").join(" ");
}
