import type { Duration } from "./common";
import type { SendingQueue } from "./sending-queue";

/**
 * The configuration of exporters for external destinations. https://github.com/open-telemetry/opentelemetry-collector,
 * config/
 */

/** Verification of the backend's certificate. */
export interface ClientTls {
    /** Disables TLS. For an HTTP endpoint, the URL's scheme does. */
    readonly insecure?: boolean;
    /** Accepts any certificate of the backend. */
    readonly insecure_skip_verify?: boolean;
    /** Defaults to the system's certificate authorities. */
    readonly ca_file?: string;
    readonly reload_interval?: Duration;
}

/** A value may contain `${env:NAME}`. Every other `$` is doubled. */
export type Headers = Readonly<Record<string, string>>;

export type Compression = "gzip" | "none";

/**
 * Reads the connection string from `APPLICATIONINSIGHTS_CONNECTION_STRING`. It has no `retry_on_failure`: it always
 * makes four attempts.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/exporter/azuremonitorexporter
 */
export interface AzureMonitorExporter {
    readonly sending_queue: SendingQueue;
}
