import { LOGS } from "./paths";

const READY_TIMEOUT_MS = 120_000;

/** Waits until something holds; fails after two minutes, with what was waited for. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await holds())) {
        if (Date.now() > deadline) {
            throw new Error(`waited ${READY_TIMEOUT_MS / 1000} s for ${what}; look into ${LOGS}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
