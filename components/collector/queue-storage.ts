import type { types } from "@pulumi/kubernetes";
import type { QueueVolume } from "../../config/durability";
import { MIB } from "../../config/units";
import { claimSpec } from "../shared/claim";
import type { Labels } from "../shared/labels";
import type { ExtensionId, ExtensionTypes } from "./types";

/** The extension that keeps queues in files, one for each exporter and signal. */
export const QUEUE_STORAGE = "file_storage" satisfies ExtensionId;

/** Name of the volume, and the first part of its claim's: `queues-NAME-0` for the first pod. */
const VOLUME = "queues";
const VOLUME_FOLDER = "/var/lib/otelcol";
const QUEUE_FOLDER = `${VOLUME_FOLDER}/queues`;

/** A file that is larger than the first shrinks once it holds less than the second: it takes page cache meanwhile. */
const COMPACT_ABOVE_MIB = 64;
const COMPACT_BELOW_MIB = 16;

/** Queues on disk. Where the Collector can tell that a file is corrupt, it sets it aside, and the queue starts empty. */
export function queueStorage({ fileBytes, fsync }: QueueVolume): ExtensionTypes["file_storage"] {
    return {
        directory: QUEUE_FOLDER,
        create_directory: true,
        max_size: fileBytes,
        fsync,
        recreate: true,
        compaction: {
            directory: QUEUE_FOLDER,
            on_start: true,
            cleanup_on_start: true,
            on_rebound: true,
            rebound_needed_threshold_mib: Math.min(COMPACT_ABOVE_MIB, Math.floor(fileBytes / MIB)),
            rebound_trigger_threshold_mib: COMPACT_BELOW_MIB,
        },
    };
}

/** Where the container finds its volume. */
export const QUEUE_MOUNT: types.input.core.v1.VolumeMount = { name: VOLUME, mountPath: VOLUME_FOLDER };

/** The volume that each pod has of its own. */
export function queueClaim(
    { storage, storageClass }: QueueVolume,
    { lasting }: Labels,
): types.input.core.v1.PersistentVolumeClaim {
    return {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: VOLUME, labels: lasting },
        spec: claimSpec({ storage, storageClass }),
    };
}
