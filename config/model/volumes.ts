import { usesPersistentQueues } from "./durability";
import type { StackSettings } from "../schema/schema";
import { MAX_DISK_FILL } from "./memory";
import { MIB, parseBytes, parseSeconds } from "../types/units";

export const BACKENDS_WITH_VOLUME = ["jaeger", "loki", "victoriaLogs", "prometheus"] as const;
export type BackendWithVolume = (typeof BACKENDS_WITH_VOLUME)[number];

export type VolumeSettings = Pick<StackSettings, BackendWithVolume | "durability">;

/** Bytes on disk of one item with ten attributes. */
interface ItemBytes {
    /** For as long as the retention says, with indexes; nothing where the disk bounds it. */
    readonly retained: number;
    /** In write-ahead logs, beside that, for some hours. */
    readonly writeAheadLog: number;
}

/**
 * Measured with 193,000 items of each signal: Jaeger took 240 to 330 bytes a span, Loki 362 in its log and 11 in a chunk,
 * of records that were much alike, Prometheus 9 in its log. Others compress less well. VictoriaLogs took 94 bytes of each
 * of 100,000 records with ids and numbers of their own, of 660 that it counted.
 */
const ITEM_BYTES: Readonly<Record<BackendWithVolume, ItemBytes>> = {
    jaeger: { retained: 512, writeAheadLog: 0 },
    loki: { retained: 128, writeAheadLog: 400 },
    victoriaLogs: { retained: 128, writeAheadLog: 0 },
    prometheus: { retained: 0, writeAheadLog: 32 },
};
/** Loki writes a chunk after two hours, and Prometheus a block; their logs go some time after that. */
const WRITE_AHEAD_LOG_SECONDS = 3 * 3600;
const MIN_VOLUME_MIB = 1024;
/** VictoriaLogs deletes a day when all of it is too old. */
const DELETION_DELAY_SECONDS: Readonly<Partial<Record<BackendWithVolume, number>>> = { victoriaLogs: 86_400 };

/** Disk of a store: as set, or else what it needs. */
export function resolveVolumeSize(backend: BackendWithVolume, settings: VolumeSettings): string {
    return (
        settings[backend].volumeSize ??
        `${usesPersistentQueues(settings) ? requiredVolumeMiB(backend, settings) : MIN_VOLUME_MIB}Mi`
    );
}

/** MiB that a store needs for its retention at the rate that the stack is made for. */
export function requiredVolumeMiB(backend: BackendWithVolume, settings: VolumeSettings): number {
    const { itemsPerSecond } = settings.durability;
    const retainedSeconds = parseSeconds(settings[backend].retention) + (DELETION_DELAY_SECONDS[backend] ?? 0);
    const retained = retainedSeconds * itemsPerSecond * ITEM_BYTES[backend].retained;
    const writeAheadLog = WRITE_AHEAD_LOG_SECONDS * itemsPerSecond * ITEM_BYTES[backend].writeAheadLog;
    // Prometheus alone keeps its blocks within a part of the disk, whatever comes; its log has the rest.
    const required =
        backend === "prometheus" ? writeAheadLog / (1 - MAX_DISK_FILL) : (retained + writeAheadLog) / MAX_DISK_FILL;
    return Math.max(MIN_VOLUME_MIB, Math.ceil(required / MIB));
}

/** Whether a size is at least that many MiB. */
export function isAtLeastMiB(size: string, mib: number): boolean {
    return parseBytes(size) >= mib * MIB;
}
