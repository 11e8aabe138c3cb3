import { setTimeout as sleep } from "node:timers/promises";
import type { ReadResult } from "./types";

/** A point in time that everything under way shares. */
export interface Deadline {
    /** Milliseconds that are left, never negative. */
    remaining(): number;
}

/** @param seconds from now */
export function createDeadline(seconds: number): Deadline {
    const at = performance.now() + seconds * 1000;
    return { remaining: () => Math.max(0, at - performance.now()) };
}

/** A clock that starts now and tells seconds. */
export function startClock(): () => number {
    const start = performance.now();
    return () => (performance.now() - start) / 1000;
}

/** Sleeps, but not past the deadline. */
export async function pause(milliseconds: number, deadline: Deadline): Promise<void> {
    await sleep(Math.min(milliseconds, deadline.remaining()));
}

/**
 * Fails when `work` takes longer than that, so that nothing under way can hold up the whole. The work itself goes on;
 * whoever started it ends it.
 */
export async function withTimeout<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
    const abort = new AbortController();
    const late = sleep(milliseconds, undefined, { signal: abort.signal }).then(() => {
        throw new Error(`${what} took longer than ${(milliseconds / 1000).toFixed(1)} s`);
    });
    late.catch(() => undefined);
    try {
        return await Promise.race([work, late]);
    } finally {
        abort.abort();
    }
}

/** Looks again and again until it is found or cannot be, or time is over; returns the last look. */
export async function pollUntil(
    deadline: Deadline,
    intervalMs: number,
    read: () => Promise<ReadResult>,
): Promise<ReadResult> {
    for (;;) {
        const result = await read();
        if (result.state === "found" || result.state === "unprovable" || deadline.remaining() === 0) {
            return result;
        }
        await pause(intervalMs, deadline);
    }
}
