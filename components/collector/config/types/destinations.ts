import type { Duration, SendingQueue } from "./collector-config";

/** What an exporter has that leads out of the stack. https://github.com/open-telemetry/opentelemetry-collector, config/ */

/** How a backend is known to be the one that is meant. */
export interface ClientTls {
    /** Whether there is no TLS at all; an HTTP endpoint says so by its URL. */
    readonly insecure?: boolean;
    /** Whether any certificate of the backend will do. */
    readonly insecure_skip_verify?: boolean;
    /** The system's authorities without it. */
    readonly ca_file?: string;
    readonly reload_interval?: Duration;
}

/** A value may be `${env:NAME}`; any other `$` is written twice. */
export type Headers = Readonly<Record<string, string>>;

export type Compression = "gzip" | "none";

/**
 * Reads its connection string from `APPLICATIONINSIGHTS_CONNECTION_STRING`. It has no retry_on_failure: it tries again
 * by itself, four times in all.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/exporter/azuremonitorexporter
 */
export interface AzureMonitorExporter {
    readonly sending_queue: SendingQueue;
}
