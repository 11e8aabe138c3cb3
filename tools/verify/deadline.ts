import { setTimeout as sleep } from "node:timers/promises";
import type { ReadResult } from "./types";

/** A point in time that concurrent operations share. */
export interface Deadline {
    /** Remaining milliseconds, at least 0. */
    remaining(): number;
}

/** @param seconds Seconds from now. */
export function createDeadline(seconds: number): Deadline {
    const at = performance.now() + seconds * 1000;
    return { remaining: () => Math.max(0, at - performance.now()) };
}

/** Starts a clock, and returns a function that returns the elapsed seconds. */
export function startClock(): () => number {
    const start = performance.now();
    return () => (performance.now() - start) / 1000;
}

/** Sleeps until the time has passed or the deadline is reached. */
export async function pause(milliseconds: number, deadline: Deadline): Promise<void> {
    await sleep(Math.min(milliseconds, deadline.remaining()));
}

/**
 * Waits for `work` with a timeout. Does not cancel `work`: the caller must end it.
 *
 * @param what Name of the work in the error message.
 * @throws when `work` fails or takes longer.
 */
export async function awaitWithTimeout<T>(milliseconds: number, work: Promise<T>, what: string): Promise<T> {
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

/** Reads until the result is `found` or `unprovable`, or the deadline is reached. Returns the last result. */
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
