import type { Context, RootHookObject } from "mocha";
import { stopSandbox } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { listStackObjects, describeStackState } from "./support/cluster";
import { hasDeployTest, isIsolated, SHARD_VARIABLE } from "./support/shards";
import { startSandbox } from "./support/sandbox";
import { pulumiDestroy, configureTargetStack, pulumiUp } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** A cold build takes the most of an hour; everything else of the sandbox is done within a minute. */
const SANDBOX_TIMEOUT_MS = 60 * 60_000;

const inShard = process.env[SHARD_VARIABLE] !== undefined;
let startedSandbox = false;

/**
 * All files run on one sandbox, started from nothing and ended in the end: by run.ts, or here for files by themselves. Or
 * they run on an own cluster, which exists.
 */
export const mochaHooks: RootHookObject = {
    async beforeAll(this: Context) {
        this.timeout(SANDBOX_TIMEOUT_MS);
        // Of the shards that run at a time, one runs the commands of users, which lock the sandbox.
        if (ON_SANDBOX && !isIsolated()) {
            lockSandbox();
        }
        if (ON_SANDBOX && !inShard) {
            await startSandbox();
            startedSandbox = true;
        }
        if (!hasDeployTest()) {
            await pulumiUp(configureTargetStack());
        }
    },
    async afterEach(this: Context) {
        if (this.currentTest?.isFailed() === true) {
            console.log(await describeStackState());
        }
    },
    async afterAll() {
        if (isIsolated()) {
            await pulumiDestroy(configureTargetStack());
            const left = await listStackObjects();
            if (left.length > 0) {
                throw new Error(`the shard left ${left.join(", ")}`);
            }
        }
        if (startedSandbox) {
            await stopSandbox();
        }
    },
};
