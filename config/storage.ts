import { onDisk } from "./durability";
import type { StackSettings } from "./schema";
import { FILLED } from "./sizing";
import { MIB, bytesOf, secondsOf } from "./units";

export const STORES = ["jaeger", "loki", "prometheus"] as const;
export type Store = (typeof STORES)[number];

export type StorageSettings = Pick<StackSettings, Store | "durability" | "outage">;

/** Bytes on disk of one item with ten attributes, indexes included (docs/reliability.md has the figures). */
const KEPT_BYTES: Readonly<Record<Store, number>> = { jaeger: 1024, loki: 256, prometheus: 4 };
/** What write-ahead logs and buffers take for each item that came in the last hours, and how long they keep it. */
const LOGGED_BYTES: Readonly<Record<Store, number>> = { jaeger: 0, loki: 0, prometheus: 32 };
const LOGGED_SECONDS = 3 * 3600;

const LEAST_MIB = 1024;

/** Disk of a store: as set, or else what it needs. */
export function storageOf(store: Store, settings: StorageSettings): string {
    return settings[store].storage ?? `${onDisk(settings) ? neededMiB(store, settings) : LEAST_MIB}Mi`;
}

/** MiB that a store needs for its retention at the rate that the stack is made for. */
export function neededMiB(store: Store, settings: StorageSettings): number {
    const { itemsPerSecond } = settings.outage;
    const kept = secondsOf(settings[store].retention) * itemsPerSecond * KEPT_BYTES[store];
    const logged = LOGGED_SECONDS * itemsPerSecond * LOGGED_BYTES[store];
    return Math.max(LEAST_MIB, Math.ceil(kept / FILLED / MIB), Math.ceil(logged / (1 - FILLED) / MIB));
}

/** Whether a size is at least that many MiB. */
export function holds(size: string, mib: number): boolean {
    return bytesOf(size) >= mib * MIB;
}
