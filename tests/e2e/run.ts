import * as fs from "node:fs";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { stopNode } from "../../sandbox/cluster";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { ROOT } from "../../sandbox/paths";
import { failuresIn } from "./support/failures";
import { filesOf, type Lane, LANE_VARIABLE, STAGES } from "./support/lanes";
import { startSandbox } from "./support/sandbox";

/** Makes the stack that other files of the first lane change. */
const DEPLOYS = "1-deploy";

/** Names of the files to run, all of them where none is asked for. */
function chosenFiles(asked: readonly string[]): string[] {
    const files = fs.readdirSync(__dirname).filter((file) => file.endsWith(".test.ts"));
    const unknown = asked.filter((start) => !files.some((file) => file.startsWith(start)));
    if (unknown.length > 0) {
        throw new Error(`no file of tests/e2e begins with ${unknown.join(" or ")}; there are ${files.join(", ")}`);
    }
    const starts = asked.length === 0 ? [""] : [DEPLOYS, ...asked];
    return files.filter((file) => starts.some((start) => file.startsWith(start))).sort();
}

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

const WIDTH = Math.max(...STAGES.flat().map(({ name }) => name.length));

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
    const files = chosenFiles(process.argv.slice(2));
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
