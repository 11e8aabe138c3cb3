import { COLLECTOR_PORTS } from "./ports";
import type { LoadBalancingExporter } from "./types/load-balancing";

/**
 * Time to retry one endpoint. When it is over, the exporter sends to all endpoints again, which duplicates the data
 * that the others accepted.
 */
const PER_ENDPOINT_TIMEOUT_SECONDS = 15;
/** Includes the duration of the last attempt. */
const TOTAL_TIMEOUT_SECONDS = PER_ENDPOINT_TIMEOUT_SECONDS + 5;

/**
 * Sends all spans of a trace to the same pod of the trace tier.
 *
 * The queue comes before the choice of a pod, so queued data is sent to the pods that exist at that time. A queue for
 * each endpoint would be dropped with its data when the pod goes away. The DNS resolver needs no permissions on the
 * Kubernetes API. A failed lookup changes nothing, and a terminating pod accepts data for longer than the DNS refresh
 * takes (trace-tier.ts).
 */
export function renderLoadBalancing(
    hostname: string,
    { retry_on_failure, sending_queue }: Pick<LoadBalancingExporter, "retry_on_failure" | "sending_queue">,
): LoadBalancingExporter {
    return {
        routing_key: "traceID",
        resolver: { dns: { hostname, port: String(COLLECTOR_PORTS.otlpGrpc), interval: "5s", timeout: "2s" } },
        protocol: {
            otlp: {
                tls: { insecure: true },
                timeout: "5s",
                retry_on_failure: {
                    enabled: true,
                    initial_interval: "1s",
                    max_interval: "5s",
                    max_elapsed_time: `${PER_ENDPOINT_TIMEOUT_SECONDS}s`,
                },
                sending_queue: { enabled: false },
            },
        },
        timeout: `${TOTAL_TIMEOUT_SECONDS}s`,
        retry_on_failure: { ...retry_on_failure, initial_interval: "1s" },
        sending_queue,
    };
}
