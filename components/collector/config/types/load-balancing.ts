import type { Duration } from "./common";
import type { RetryOnFailure, SendingQueue } from "./sending-queue";
import type { ClientTls } from "./destinations";

/**
 * Distributes traces from the ingest tier over the pods of the trace tier.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/exporter/loadbalancingexporter
 */
export interface LoadBalancingExporter {
    readonly routing_key: "traceID";
    readonly resolver: {
        readonly dns: {
            readonly hostname: string;
            readonly port: string;
            readonly interval?: Duration;
            readonly timeout?: Duration;
        };
    };
    /** Configuration of the OTLP exporter for each endpoint. */
    readonly protocol: {
        readonly otlp: {
            readonly tls: ClientTls;
            readonly timeout?: Duration;
            readonly retry_on_failure: RetryOnFailure;
            readonly sending_queue: { readonly enabled: false };
        };
    };
    /** Limit of one attempt with all endpoints, including their retries. */
    readonly timeout: Duration;
    readonly retry_on_failure: RetryOnFailure;
    readonly sending_queue: SendingQueue;
}
