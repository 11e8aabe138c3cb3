import type { Context, RootHookObject } from "mocha";
import { isRunning, stopNode } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { sandboxUp } from "../../sandbox/up";

/** A cold build takes the most of an hour; everything else of the sandbox is done within a minute. */
const SANDBOX_TIMEOUT_MS = 60 * 60_000;

let started = false;

/** All files run on one sandbox, started from nothing and ended in the end. */
export const mochaHooks: RootHookObject = {
    async beforeAll(this: Context) {
        this.timeout(SANDBOX_TIMEOUT_MS);
        lockSandbox();
        if (isRunning()) {
            throw new Error("a sandbox runs already, and these tests would end it; 'make down' first");
        }
        started = true;
        await sandboxUp();
    },
    async afterAll() {
        if (started) {
            await stopNode();
        }
    },
};
