import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { stopNode } from "../../sandbox/cluster";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { ROOT } from "../../sandbox/paths";
import { requireCluster } from "../../tools/cluster";
import { failuresIn } from "./support/failures";
import { type Plan, planFor } from "./support/files";
import { filesOf, type Lane, LANE_VARIABLE, OWN_CLUSTER, STAGES } from "./support/lanes";
import { startSandbox } from "./support/sandbox";
import { ON_SANDBOX, TARGET } from "./support/target";

/** The lanes of this moment. */
const running = new Set<{ kill(signal: "SIGTERM"): boolean }>();

/** Runs the files of a lane in a process of their own; returns what it says of its failure, if it failed. */
async function runLane(lane: Lane, files: readonly string[]): Promise<readonly string[]> {
    const mocha = [
        "--config",
        "tests/e2e/.mocharc.json",
        ...(process.stdout.isTTY ? ["--color"] : []),
        ...files.map((file) => `tests/e2e/${file}`),
    ];
    const child = execa("node_modules/.bin/mocha", mocha, {
        cwd: ROOT,
        env: { [LANE_VARIABLE]: lane.name },
        stdin: "ignore",
        all: true,
        buffer: false,
        reject: false,
    });
    const print = (line: string): void => {
        console.log(`${lane.name.padEnd(WIDTH)} │ ${line}`);
    };
    const output: string[] = [];
    createInterface({ input: child.all }).on("line", (line) => {
        output.push(stripVTControlCharacters(line));
        print(line);
    });
    running.add(child);
    const result = await child;
    running.delete(child);
    if (!result.failed) {
        return [];
    }
    print(`failed with ${result.signal ?? `exit code ${result.exitCode ?? "none"}`}`);
    return [`Lane ${lane.name} failed:`, ...failuresIn(output)];
}

const WIDTH = Math.max(...[...STAGES.flat(), OWN_CLUSTER].map(({ name }) => name.length));

/** Runs the stages one after the other; returns whether all passed. A stage that failed is the last, and says why again. */
async function runStages(files: readonly string[]): Promise<boolean> {
    for (const stage of STAGES) {
        const lanes = stage
            .map((lane) => ({ lane, files: filesOf(lane, files) }))
            .filter((one) => one.files.length > 0);
        const failures = (await Promise.all(lanes.map((one) => runLane(one.lane, one.files)))).flat();
        if (failures.length > 0) {
            console.log(["", ...failures].join("\n"));
            return false;
        }
    }
    return true;
}

async function main(): Promise<boolean> {
    const plan = planFor(ON_SANDBOX ? "sandbox" : "own", process.argv.slice(2));
    sayWhatIsLeftOut(plan);
    const passed = ON_SANDBOX ? await onSandbox(plan.files) : await onOwnCluster(plan.files);
    sayWhatIsLeftOut(plan);
    return passed;
}

async function onSandbox(files: readonly string[]): Promise<boolean> {
    lockSandbox();
    await startSandbox();
    // A lane takes it, so that the commands of a person are tried as they are.
    unlockSandbox();
    try {
        return await runStages(files);
    } finally {
        await stopNode();
    }
}

async function onOwnCluster(files: readonly string[]): Promise<boolean> {
    await requireCluster(TARGET);
    const failures = await runLane(OWN_CLUSTER, files);
    console.log(failures.join("\n"));
    return failures.length === 0;
}

function sayWhatIsLeftOut({ leftOut }: Plan): void {
    const lines = Object.entries(leftOut).map(([file, why]) => `  ${file}: ${why}`);
    if (lines.length > 0) {
        console.log(["", `Left out on ${ON_SANDBOX ? "the sandbox" : "this cluster"}:`, ...lines, ""].join("\n"));
    }
}

// Ctrl-C reaches the lanes as well: they end, and then this process ends the sandbox. SIGTERM reaches this process alone.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => {
    running.forEach((child) => child.kill("SIGTERM"));
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
