import type { types } from "@pulumi/kubernetes";
import type { QueueVolume } from "../../../config/model/durability";
import { MIB } from "../../../config/types/units";
import { renderClaimTemplate } from "../../kubernetes/volume-claim";
import type { Labels } from "../../kubernetes/labels";
import type { ExtensionId, ExtensionTypes } from "./types/extensions";

/** Stores queues in files, one for each exporter and signal. */
export const QUEUE_STORAGE = "file_storage" satisfies ExtensionId;

/** Name of the volume, and prefix of its claims: `queues-NAME-0` for the first pod. */
const QUEUE_VOLUME = "queues";
const QUEUE_VOLUME_DIR = "/var/lib/otelcol";
const QUEUE_DIR = `${QUEUE_VOLUME_DIR}/queues`;

/** Compacts a file above the first size once its content is below the second. Until then, the file uses page cache. */
const COMPACT_ABOVE_MIB = 64;
const COMPACT_BELOW_MIB = 16;

/**
 * Configures persistent queues. The Collector renames a corrupt file, if it detects the corruption, and starts with an
 * empty queue.
 */
export function renderQueueStorage({ fileBytes, fsync }: QueueVolume): ExtensionTypes["file_storage"] {
    return {
        directory: QUEUE_DIR,
        create_directory: true,
        max_size: fileBytes,
        fsync,
        recreate: true,
        compaction: {
            directory: QUEUE_DIR,
            on_start: true,
            cleanup_on_start: true,
            on_rebound: true,
            rebound_needed_threshold_mib: Math.min(COMPACT_ABOVE_MIB, Math.floor(fileBytes / MIB)),
            rebound_trigger_threshold_mib: COMPACT_BELOW_MIB,
        },
    };
}

export const QUEUE_MOUNT: types.input.core.v1.VolumeMount = { name: QUEUE_VOLUME, mountPath: QUEUE_VOLUME_DIR };

/** The claim template for the queue volume of each pod. */
export function renderQueueClaimTemplate(
    { size, storageClass }: QueueVolume,
    labels: Labels,
): types.input.core.v1.PersistentVolumeClaim {
    return renderClaimTemplate(QUEUE_VOLUME, labels, { size, storageClass });
}
