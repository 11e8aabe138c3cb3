import type { types } from "@pulumi/kubernetes";
import type { QueueVolume } from "../../../config/model/durability";
import { MIB } from "../../../config/types/units";
import { renderClaimSpec } from "../../kubernetes/volume-claim";
import type { Labels } from "../../kubernetes/labels";
import type { ExtensionId, ExtensionTypes } from "./types/collector-config";

/** The extension that keeps queues in files, one for each exporter and signal. */
export const QUEUE_STORAGE = "file_storage" satisfies ExtensionId;

/** Name of the volume, and the first part of its claim's: `queues-NAME-0` for the first pod. */
const QUEUE_VOLUME = "queues";
const QUEUE_VOLUME_DIR = "/var/lib/otelcol";
const QUEUE_DIR = `${QUEUE_VOLUME_DIR}/queues`;

/** A file that is larger than the first shrinks once it holds less than the second: it takes page cache meanwhile. */
const COMPACT_ABOVE_MIB = 64;
const COMPACT_BELOW_MIB = 16;

/** Queues on disk. Where the Collector can tell that a file is corrupt, it sets it aside, and the queue starts empty. */
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

/** Where the container finds its volume. */
export const QUEUE_MOUNT: types.input.core.v1.VolumeMount = { name: QUEUE_VOLUME, mountPath: QUEUE_VOLUME_DIR };

/** The volume that each pod has of its own. */
export function renderQueueClaimTemplate(
    { size, storageClass }: QueueVolume,
    { stable }: Labels,
): types.input.core.v1.PersistentVolumeClaim {
    return {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: QUEUE_VOLUME, labels: stable },
        spec: renderClaimSpec({ size, storageClass }),
    };
}
