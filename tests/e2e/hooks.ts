import type { Context, RootHookObject } from "mocha";
import { stopNode } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { objectsOfTheStack, stateOfTheStack } from "./support/cluster";
import { deploysItself, isAside, LANE_VARIABLE } from "./support/lanes";
import { startSandbox } from "./support/sandbox";
import { destroy, targetStack, up } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** A cold build takes the most of an hour; everything else of the sandbox is done within a minute. */
const SANDBOX_TIMEOUT_MS = 60 * 60_000;

const inLane = process.env[LANE_VARIABLE] !== undefined;
let started = false;

/**
 * All files run on one sandbox, started from nothing and ended in the end: by run.ts, or here for files by themselves. Or
 * they run on a cluster of one's own, which is there.
 */
export const mochaHooks: RootHookObject = {
    async beforeAll(this: Context) {
        this.timeout(SANDBOX_TIMEOUT_MS);
        // Of the lanes that run at a time, one is where a person's commands are tried.
        if (ON_SANDBOX && !isAside()) {
            lockSandbox();
        }
        if (ON_SANDBOX && !inLane) {
            await startSandbox();
            started = true;
        }
        if (!deploysItself()) {
            await up(targetStack());
        }
    },
    async afterEach(this: Context) {
        if (this.currentTest?.isFailed() === true) {
            console.log(await stateOfTheStack());
        }
    },
    async afterAll() {
        if (isAside()) {
            await destroy(targetStack());
            const left = await objectsOfTheStack();
            if (left.length > 0) {
                throw new Error(`the lane has left ${left.join(", ")}`);
            }
        }
        if (started) {
            await stopNode();
        }
    },
};
