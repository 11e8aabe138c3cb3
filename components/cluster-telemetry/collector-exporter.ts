import type { CollectorSettings } from "../../config/schema/schema";
import { MIB, parseBytes } from "../../config/types/units";
import { goDuration } from "../telemetry/go-duration";
import type { ExporterId, ExporterTypes, ExtensionId } from "../collector/config/types/collector-config";

/** The exporter that leads to the stack's Collector. */
export const COLLECTOR_EXPORTER = "otlp_grpc" satisfies ExporterId;
/** The same for what applications send, with a queue of its own: neither takes the other's room. */
export const AGENT_OTLP_EXPORTER = "otlp_grpc/applications" satisfies ExporterId;

export interface CollectorExporterArgs extends Pick<CollectorSettings, "batch" | "receiver"> {
    /** `host:port` of the stack's Collector that takes OTLP over gRPC. */
    readonly otlpEndpoint: string;
}

/** At least, some seconds of a busy node: what does not fit waits where it comes from. */
const MIN_QUEUE_MIB = 16;

/**
 * Sends to the stack's Collector until it takes it.
 *
 * @param storage Keeps what waits; it is in memory without.
 * @param onQueueFull Whether who brings more waits for room, or is told to come again.
 */
export function renderCollectorExporter(
    { batch, otlpEndpoint, receiver }: CollectorExporterArgs,
    storage: ExtensionId | undefined,
    onQueueFull: "reject" | "wait",
): ExporterTypes["otlp_grpc"] {
    // What is larger than the receiver's limit would be refused for good; batches grow a little on their way.
    const maxSize = Math.min(parseBytes(batch.maxSize), parseBytes(receiver.maxRequestSize) / 2);
    return {
        endpoint: otlpEndpoint,
        tls: { insecure: true },
        retry_on_failure: { enabled: true, max_interval: "5s", max_elapsed_time: "0s" },
        sending_queue: {
            sizer: "bytes",
            // What it can never hold would be sent again without an end.
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
