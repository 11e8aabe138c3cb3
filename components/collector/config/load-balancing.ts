import { COLLECTOR_PORTS } from "./ports";
import type { LoadBalancingExporter } from "./types/load-balancing";

/** A pod that refuses is tried again by itself for so long, as a new attempt with all of them sends to the others twice. */
const PER_ENDPOINT_TIMEOUT_SECONDS = 15;
/** And what its last attempt may take. */
const TOTAL_TIMEOUT_SECONDS = PER_ENDPOINT_TIMEOUT_SECONDS + 5;

/**
 * Sends all spans of a trace to the same pod of the second tier.
 *
 * What waits, waits before a pod is chosen, and is sent by the addresses of that time: a queue for each address would be
 * dropped with what it holds when its pod goes. DNS is enough to find the pods, and asks for no right on the cluster's API:
 * an answer that fails changes nothing, and a pod that leaves listens for longer than it takes to notice (trace-tier.ts).
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
