import type { CollectorSettings } from "../../config/schema";
import { MIB, bytesOf } from "../../config/units";
import { goDuration } from "../shared/duration";
import type { ExporterId, ExporterTypes, ExtensionId } from "../collector/types";

/** The exporter that leads to the stack's Collector. */
export const TO_COLLECTOR = "otlp_grpc" satisfies ExporterId;
/** The same for what applications send, with a queue of its own: neither takes the other's room. */
export const APPLICATIONS_TO_COLLECTOR = "otlp_grpc/applications" satisfies ExporterId;

export interface ExporterArgs extends Pick<CollectorSettings, "batch" | "receiver"> {
    /** `host:port` of the stack's Collector that takes OTLP over gRPC. */
    readonly otlp: string;
}

/** At least, some seconds of a busy node: what does not fit waits where it comes from. */
const QUEUE_MIB = 16;

/**
 * Sends to the stack's Collector until it takes it.
 *
 * @param storage Keeps what waits; it is in memory without.
 * @param whenFull Whether who brings more waits for room, or is told to come again.
 */
export function toCollector(
    { batch, otlp, receiver }: ExporterArgs,
    storage: ExtensionId | undefined,
    whenFull: "refuse" | "wait",
): ExporterTypes["otlp_grpc"] {
    // What is larger than the receiver's limit would be refused for good; batches grow a little on their way.
    const maxSize = Math.min(bytesOf(batch.maxSize), bytesOf(receiver.maxMessageSize) / 2);
    return {
        endpoint: otlp,
        tls: { insecure: true },
        retry_on_failure: { enabled: true, max_interval: "5s", max_elapsed_time: "0s" },
        sending_queue: {
            sizer: "bytes",
            // What it can never hold would be sent again without an end.
            queue_size: Math.max(QUEUE_MIB * MIB, bytesOf(receiver.maxMessageSize)),
            block_on_overflow: whenFull === "wait",
            num_consumers: 2,
            ...(storage === undefined ? {} : { storage }),
            batch: {
                flush_timeout: goDuration(batch.timeout),
                sizer: "bytes",
                min_size: Math.min(bytesOf(batch.minSize), maxSize),
                max_size: maxSize,
            },
        },
    };
}
