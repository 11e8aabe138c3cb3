import type { Duration, RetryOnFailure, SendingQueue } from "./collector-config";
import type { ClientTls } from "./destinations";

/**
 * What leads from one tier of Collectors to the next.
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
    /** How each of the addresses is talked to. */
    readonly protocol: {
        readonly otlp: {
            readonly tls: ClientTls;
            readonly timeout?: Duration;
            readonly retry_on_failure: RetryOnFailure;
            readonly sending_queue: { readonly enabled: false };
        };
    };
    /** Of one attempt with all addresses, their own retries included. */
    readonly timeout: Duration;
    readonly retry_on_failure: RetryOnFailure;
    readonly sending_queue: SendingQueue;
}
