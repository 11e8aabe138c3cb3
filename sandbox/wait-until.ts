import { LOGS } from "./directories";

const TIMEOUT_MS = 120_000;

/**
 * Waits until a condition is true.
 *
 * @param what Name of the condition in the error message.
 * @throws after two minutes.
 */
export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await condition())) {
        if (Date.now() > deadline) {
            throw new Error(`timed out after ${TIMEOUT_MS / 1000} s waiting for ${what}; see the logs in ${LOGS}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
