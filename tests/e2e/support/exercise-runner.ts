import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../../sandbox/directories";
import { findOutputMismatch } from "../../support/output-matcher";
import type { Step } from "../../support/exercises";

/** Timeout of steps that a document says to repeat until the output matches. */
const REPEAT_TIMEOUT_MS = 180_000;
const REPEAT_INTERVAL_MS = 1_000;
/** Timeout of commands. Some wait for as long as they say. */
const COMMANDS_TIMEOUT_MS = 300_000;

interface CommandResult {
    readonly status: number;
    /** All output of the commands, in the order of a terminal. */
    readonly output: string;
}

/** Follows a document: runs all commands in order in one bash in the checkout. */
export class ExerciseRunner {
    private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-exercises-"));
    private readonly bash: ChildProcess;
    private readonly commands: Writable;
    private readonly statuses: AsyncIterator<string>;

    constructor() {
        // make would make nested make calls more verbose with these variables.
        const env = { ...process.env, MAKEFLAGS: undefined, MFLAGS: undefined, MAKELEVEL: undefined };
        this.bash = spawn("bash", ["--noprofile", "--norc"], {
            cwd: ROOT,
            env,
            stdio: ["pipe", "ignore", "ignore", "pipe"],
            // A separate process group, so that all child processes end with it.
            detached: true,
        });
        const [stdin, , , statuses] = this.bash.stdio;
        assert.ok(stdin && statuses);
        this.commands = stdin;
        this.statuses = readLines(statuses as Readable);
    }

    /** Runs the commands of a step. Fails if a command fails or the output differs from the document. */
    async runStep(document: string, step: Step): Promise<void> {
        const { commands, output: expected, repeat, line } = step;
        const deadline = Date.now() + REPEAT_TIMEOUT_MS;
        for (;;) {
            const { status, output } = await this.run(commands);
            const problem = findMismatch({ status, output }, step);
            if (problem === undefined) {
                return;
            }
            if (!repeat || Date.now() > deadline) {
                const shown = [`$ ${commands.replaceAll("\n", "\n> ")}`, output.trimEnd()];
                const wanted = expected === undefined ? [] : ["expected:", expected];
                throw new Error([`${document}:${line}: ${problem}`, ...shown, ...wanted].join("\n"));
            }
            await sleep(REPEAT_INTERVAL_MS);
        }
    }

    /** Runs commands in the shell up to the first failing one. */
    async run(commands: string): Promise<CommandResult> {
        const [script, output] = ["commands", "output"].map((name) => path.join(this.folder, name));
        assert.ok(script !== undefined && output !== undefined);
        const untilFailure = ["trap 's=$?; trap - ERR; return $s' ERR", commands, "trap - ERR", ""].join("\n");
        fs.writeFileSync(script, untilFailure);
        this.commands.write(`. '${script}' > '${output}' 2>&1 < /dev/null; echo $? >&3\n`);
        const status = await Promise.race([
            this.statuses.next(),
            sleep(COMMANDS_TIMEOUT_MS, undefined, { ref: false }),
        ]);
        if (status?.done !== false) {
            const shown = fs.readFileSync(output, "utf8");
            throw new Error(`no end of these commands after ${COMMANDS_TIMEOUT_MS / 1000} s:\n${commands}\n${shown}`);
        }
        return { status: Number(status.value), output: fs.readFileSync(output, "utf8") };
    }

    /** Ends the shell and its child processes. */
    end(): void {
        if (this.bash.pid !== undefined && this.bash.exitCode === null) {
            process.kill(-this.bash.pid, "SIGKILL");
        }
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

function findMismatch({ status, output }: CommandResult, { fails, output: expected }: Step): string | undefined {
    if ((status !== 0) !== fails) {
        return `exit status ${status}`;
    }
    return expected === undefined ? undefined : findOutputMismatch(expected, output);
}

async function* readLines(stream: Readable): AsyncGenerator<string, undefined> {
    let rest = "";
    for await (const chunk of stream) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        yield* lines;
    }
}
