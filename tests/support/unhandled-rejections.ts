import { inspect } from "node:util";
import type { RootHookObject } from "mocha";

/**
 * Mocha passes a test although an assertion inside `output.apply` has failed, or a component has thrown in one: nobody
 * awaits that promise. Each rejection that nobody handled fails the test during which it came.
 */
const rejections: unknown[] = [];

/** Rejections come up when the microtasks are done: a turn of the event loop later. */
function nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
}

function onRejection(reason: unknown): void {
    rejections.push(reason);
}

export const mochaHooks: RootHookObject = {
    beforeAll() {
        process.on("unhandledRejection", onRejection);
    },
    async afterEach() {
        await nextTurn();
        const [first] = rejections.splice(0);
        if (first !== undefined) {
            throw new Error(`nobody handled a rejection: ${first instanceof Error ? first.message : inspect(first)}`, {
                cause: first,
            });
        }
    },
    afterAll() {
        process.off("unhandledRejection", onRejection);
    },
};
