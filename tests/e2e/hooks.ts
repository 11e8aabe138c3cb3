import type { Context, RootHookObject } from "mocha";
import { stopSandbox } from "../../sandbox/cluster";
import { lockSandbox } from "../../sandbox/lock";
import { listStackObjects, describeStackState } from "./support/cluster";
import { hasDeployTest, isIsolated, SHARD_VARIABLE } from "./support/shards";
import { startSandbox } from "./support/sandbox";
import { pulumiDestroy, configureTargetStack, pulumiUp } from "./support/stack";
import { ON_SANDBOX } from "./support/target";

/** A build without cache takes up to an hour. Everything else takes less than a minute. */
const SANDBOX_TIMEOUT_MS = 60 * 60_000;

const inShard = process.env[SHARD_VARIABLE] !== undefined;
let startedSandbox = false;

/**
 * All files use one sandbox, which is started from scratch and deleted at the end, by run.ts or, for single files, by
 * these hooks. On an external cluster, there is nothing to start.
 */
export const mochaHooks: RootHookObject = {
    async beforeAll(this: Context) {
        this.timeout(SANDBOX_TIMEOUT_MS);
        // Only one of the concurrent shards runs user commands, which lock the sandbox.
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
