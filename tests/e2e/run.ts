import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { stopSandbox } from "../../sandbox/cluster";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { ROOT } from "../../sandbox/directories";
import { requireCluster } from "../../tools/stack/cluster";
import { extractFailures } from "./support/mocha-failures";
import { type TestPlan, planTests } from "./support/test-plan";
import { listShardFiles, type Shard, SHARD_VARIABLE, OWN_CLUSTER, STAGES } from "./support/shards";
import { startSandbox } from "./support/sandbox";
import { ON_SANDBOX, TARGET } from "./support/target";

/** The running shards. */
const runningShards = new Set<{ kill(signal: "SIGTERM"): boolean }>();

/** Runs the files of a shard in a separate process. If it fails, returns the output about its failures. */
async function runShard(shard: Shard, files: readonly string[]): Promise<readonly string[]> {
    const mocha = [
        "--config",
        "tests/e2e/.mocharc.json",
        ...(process.stdout.isTTY ? ["--color"] : []),
        ...files.map((file) => `tests/e2e/${file}`),
    ];
    const child = execa("node_modules/.bin/mocha", mocha, {
        cwd: ROOT,
        // The files deploy a stack of their own and have no terminal to answer Pulumi's questions.
        env: { [SHARD_VARIABLE]: shard.name, YES: "1" },
        stdin: "ignore",
        all: true,
        buffer: false,
        reject: false,
    });
    const print = (line: string): void => {
        console.log(`${shard.name.padEnd(NAME_WIDTH)} │ ${line}`);
    };
    const output: string[] = [];
    createInterface({ input: child.all }).on("line", (line) => {
        output.push(stripVTControlCharacters(line));
        print(line);
    });
    runningShards.add(child);
    const result = await child;
    runningShards.delete(child);
    if (!result.failed) {
        return [];
    }
    print(`failed with ${result.signal ?? `exit code ${result.exitCode ?? "none"}`}`);
    return [`Shard ${shard.name} failed:`, ...extractFailures(output)];
}

const NAME_WIDTH = Math.max(...[...STAGES.flat(), OWN_CLUSTER].map(({ name }) => name.length));

/**
 * Runs the stages in order, and stops after a failed stage, whose failures are printed again. Returns whether all
 * passed.
 */
async function runStages(files: readonly string[]): Promise<boolean> {
    for (const stage of STAGES) {
        const shards = stage
            .map((shard) => ({ shard, files: listShardFiles(shard, files) }))
            .filter((one) => one.files.length > 0);
        const failures = (await Promise.all(shards.map((one) => runShard(one.shard, one.files)))).flat();
        if (failures.length > 0) {
            console.log(["", ...failures].join("\n"));
            return false;
        }
    }
    return true;
}

async function main(): Promise<boolean> {
    const plan = planTests(ON_SANDBOX ? "sandbox" : "own", process.argv.slice(2));
    printSkipped(plan);
    const passed = ON_SANDBOX ? await runOnSandbox(plan.files) : await runOnOwnCluster(plan.files);
    printSkipped(plan);
    return passed;
}

async function runOnSandbox(files: readonly string[]): Promise<boolean> {
    lockSandbox();
    await startSandbox();
    // A shard locks the sandbox itself, so that tests can run user commands unchanged.
    unlockSandbox();
    try {
        return await runStages(files);
    } finally {
        await stopSandbox();
    }
}

async function runOnOwnCluster(files: readonly string[]): Promise<boolean> {
    await requireCluster(TARGET);
    const failures = await runShard(OWN_CLUSTER, listShardFiles(OWN_CLUSTER, files));
    console.log(failures.join("\n"));
    return failures.length === 0;
}

function printSkipped({ leftOut }: TestPlan): void {
    const lines = Object.entries(leftOut).map(([file, why]) => `  ${file}: ${why}`);
    if (lines.length > 0) {
        console.log(["", `Skipped on ${ON_SANDBOX ? "the sandbox" : "this cluster"}:`, ...lines, ""].join("\n"));
    }
}

// Ctrl-C reaches the shards as well. They exit, and then this process deletes the sandbox. SIGTERM reaches only this
// process.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => {
    runningShards.forEach((child) => child.kill("SIGTERM"));
});

main().then(
    (passed) => {
        process.exitCode = passed ? 0 : 1;
    },
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    },
);
