import { LOGS } from "./directories";

const TIMEOUT_MS = 120_000;

/** Waits until something holds; fails after two minutes, with what was waited for. */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await condition())) {
        if (Date.now() > deadline) {
            throw new Error(`waited ${TIMEOUT_MS / 1000} s for ${what}; look into ${LOGS}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
