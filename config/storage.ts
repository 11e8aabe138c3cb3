import { onDisk } from "./durability";
import type { StackSettings } from "./schema";
import { FILLED } from "./sizing";
import { MIB, bytesOf, secondsOf } from "./units";

export const STORES = ["jaeger", "loki", "victoriaLogs", "prometheus"] as const;
export type Store = (typeof STORES)[number];

export type StorageSettings = Pick<StackSettings, Store | "durability" | "outage">;

/** Bytes on disk of one item with ten attributes. */
interface ItemBytes {
    /** For as long as the retention says, with indexes; nothing where the disk bounds it. */
    readonly kept: number;
    /** In write-ahead logs, beside that, for some hours. */
    readonly logged: number;
}

/**
 * Measured with 193,000 items of each signal: Jaeger took 240 to 330 bytes a span, Loki 362 in its log and 11 in a chunk,
 * of records that were much alike, Prometheus 9 in its log. Others compress less well. VictoriaLogs took 94 bytes of each
 * of 100,000 records with ids and numbers of their own, of 660 that it counted.
 */
const ITEM_BYTES: Readonly<Record<Store, ItemBytes>> = {
    jaeger: { kept: 512, logged: 0 },
    loki: { kept: 128, logged: 400 },
    victoriaLogs: { kept: 128, logged: 0 },
    prometheus: { kept: 0, logged: 32 },
};
/** Loki writes a chunk after two hours, and Prometheus a block; their logs go some time after that. */
const LOGGED_SECONDS = 3 * 3600;
const LEAST_MIB = 1024;
/** VictoriaLogs deletes a day when all of it is too old. */
const DELETED_LATE_SECONDS: Readonly<Partial<Record<Store, number>>> = { victoriaLogs: 86_400 };

/** Disk of a store: as set, or else what it needs. */
export function storageOf(store: Store, settings: StorageSettings): string {
    return settings[store].storage ?? `${onDisk(settings) ? neededMiB(store, settings) : LEAST_MIB}Mi`;
}

/** MiB that a store needs for its retention at the rate that the stack is made for. */
export function neededMiB(store: Store, settings: StorageSettings): number {
    const { itemsPerSecond } = settings.outage;
    const keptSeconds = secondsOf(settings[store].retention) + (DELETED_LATE_SECONDS[store] ?? 0);
    const kept = keptSeconds * itemsPerSecond * ITEM_BYTES[store].kept;
    const logged = LOGGED_SECONDS * itemsPerSecond * ITEM_BYTES[store].logged;
    // Prometheus alone keeps its blocks within a part of the disk, whatever comes; its log has the rest.
    const needed = store === "prometheus" ? logged / (1 - FILLED) : (kept + logged) / FILLED;
    return Math.max(LEAST_MIB, Math.ceil(needed / MIB));
}

/** Whether a size is at least that many MiB. */
export function holds(size: string, mib: number): boolean {
    return bytesOf(size) >= mib * MIB;
}
