import type { CollectorSettings } from "../../config/schema/schema";
import { MIB, parseBytes } from "../../config/types/units";
import { goDuration } from "../telemetry/go-duration";
import type { ExporterId, ExporterTypes } from "../collector/config/types/collector-config";
import type { ExtensionId } from "../collector/config/types/extensions";

/** The exporter to the stack's Collector. */
export const COLLECTOR_EXPORTER = "otlp_grpc" satisfies ExporterId;
/**
 * The exporter for OTLP from applications. It has a separate queue, so neither kind of data can fill the queue of the
 * other.
 */
export const AGENT_OTLP_EXPORTER = "otlp_grpc/applications" satisfies ExporterId;

export interface CollectorExporterArgs extends Pick<CollectorSettings, "batch" | "receiver"> {
    /** `host:port` of the Collector's OTLP/gRPC receiver. */
    readonly otlpEndpoint: string;
}

/** Minimum size of a queue: some seconds of data of a busy node. */
const MIN_QUEUE_MIB = 16;

/**
 * Sends to the stack's Collector, and retries until the Collector accepts the data.
 *
 * @param storage The extension that stores the queue. Undefined uses memory.
 * @param onQueueFull Whether a full queue blocks the sender or rejects its data.
 */
export function renderCollectorExporter(
    { batch, otlpEndpoint, receiver }: CollectorExporterArgs,
    storage: ExtensionId | undefined,
    onQueueFull: "reject" | "wait",
): ExporterTypes["otlp_grpc"] {
    // The receiver would permanently reject a larger request. Half the limit leaves room, because a request is slightly
    // larger than its batch.
    const maxSize = Math.min(parseBytes(batch.maxSize), parseBytes(receiver.maxRequestSize) / 2);
    return {
        endpoint: otlpEndpoint,
        tls: { insecure: true },
        retry_on_failure: { enabled: true, max_interval: "5s", max_elapsed_time: "0s" },
        sending_queue: {
            sizer: "bytes",
            // A larger request would never fit into the queue, and would be retried forever.
            queue_size: Math.max(MIN_QUEUE_MIB * MIB, parseBytes(receiver.maxRequestSize)),
            block_on_overflow: onQueueFull === "wait",
            num_consumers: 2,
            ...(storage === undefined ? {} : { storage }),
            batch: {
                flush_timeout: goDuration(batch.flushTimeout),
                sizer: "bytes",
                min_size: Math.min(parseBytes(batch.minSize), maxSize),
                max_size: maxSize,
            },
        },
    };
}
