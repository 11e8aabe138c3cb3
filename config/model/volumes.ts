import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";
import { MAX_DISK_FILL } from "./memory";
import { MIB, parseBytes, parseSeconds } from "../types/units";

export const BACKENDS_WITH_VOLUME = ["jaeger", "loki", "victoriaLogs", "prometheus"] as const;
export type BackendWithVolume = (typeof BACKENDS_WITH_VOLUME)[number];

/** Backends that delete old data above a share of `volumeSize`. */
export const SIZE_LIMITED_BACKENDS: readonly BackendWithVolume[] = ["prometheus", "victoriaLogs"];

export type VolumeSettings = Pick<StackSettings, BackendWithVolume | "durability">;

/** Bytes on disk of one item with ten attributes. */
interface ItemBytes {
    /** Until the retention ends, with indexes; 0 if the backend deletes by disk usage. */
    readonly retained: number;
    /** In write-ahead logs, for some hours. */
    readonly writeAheadLog: number;
}

/**
 * Measured with 193,000 similar items of each signal: Jaeger uses 240 to 330 bytes per span, Loki 362 in its
 * write-ahead log and 11 in a chunk, Prometheus 9 in its write-ahead log. Less similar items compress less.
 * VictoriaLogs uses 94 bytes per log record, of 660 uncompressed, with 100,000 records that had unique ids and numbers.
 */
const ITEM_BYTES: Readonly<Record<BackendWithVolume, ItemBytes>> = {
    jaeger: { retained: 512, writeAheadLog: 0 },
    loki: { retained: 128, writeAheadLog: 400 },
    victoriaLogs: { retained: 128, writeAheadLog: 0 },
    prometheus: { retained: 0, writeAheadLog: 32 },
};
/** Loki writes chunks and Prometheus blocks every two hours, and they delete their write-ahead logs some time later. */
const WRITE_AHEAD_LOG_SECONDS = 3 * 3600;
const MIN_VOLUME_MIB = 1024;
/** Jaeger's space in the pod. Its storage has no size limit, and this holds 2,000 spans a second for an hour. */
const JAEGER_EMPTY_DIR_MIB = 5 * 1024;
/** VictoriaLogs deletes a day after all of it has expired. */
const DELETION_DELAY_SECONDS: Readonly<Partial<Record<BackendWithVolume, number>>> = { victoriaLogs: 86_400 };

/** Disk space of a backend: the setting, or else the required size. */
export function resolveVolumeSize(backend: BackendWithVolume, settings: VolumeSettings): string {
    return (
        settings[backend].volumeSize ??
        `${usesPersistentQueues(settings) ? requiredVolumeMiB(backend, settings) : defaultVolumeMiB(backend, settings)}Mi`
    );
}

function defaultVolumeMiB(backend: BackendWithVolume, { jaeger }: VolumeSettings): number {
    return backend === "jaeger" && !jaeger.persistence.enabled ? JAEGER_EMPTY_DIR_MIB : MIN_VOLUME_MIB;
}

/** Disk space of a backend for its retention at the expected rate. */
export function requiredVolumeMiB(backend: BackendWithVolume, settings: VolumeSettings): number {
    const { itemsPerSecond } = settings.durability;
    const retainedSeconds = parseSeconds(settings[backend].retention) + (DELETION_DELAY_SECONDS[backend] ?? 0);
    const retained = retainedSeconds * itemsPerSecond * ITEM_BYTES[backend].retained;
    const writeAheadLog = WRITE_AHEAD_LOG_SECONDS * itemsPerSecond * ITEM_BYTES[backend].writeAheadLog;
    // Only Prometheus limits its blocks to a share of the disk; its write-ahead log uses the rest.
    const required =
        backend === "prometheus" ? writeAheadLog / (1 - MAX_DISK_FILL) : (retained + writeAheadLog) / MAX_DISK_FILL;
    return Math.max(MIN_VOLUME_MIB, Math.ceil(required / MIB));
}

/** Whether a size is at least that many MiB. */
export function isAtLeastMiB(size: string, mib: number): boolean {
    return parseBytes(size) >= mib * MIB;
}
