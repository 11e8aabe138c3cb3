import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../sandbox/directories";
import { pulumiOutput, type Stack } from "../tools/stack/stack";
import { type Figure, median } from "./figures";

const ROUNDS = 5;
/** A Pulumi project of the same backend. */
const EMPTY_PROJECT = "otel-stack-bench-empty";
const PREVIEW = ["preview", "--expect-no-changes", "--non-interactive"];

/**
 * Measures the time of a preview without changes, relative to that of an empty Node.js program with the same pulumi
 * command, packages and backend. The two alternate, so that changes in machine speed affect both.
 */
export async function measurePreview(stack: Stack): Promise<Figure> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-bench-"));
    const pulumi = (args: readonly string[]) => execa("pulumi", args, { cwd: folder, env: stack.env });
    const previewStack = () => pulumiOutput(stack, PREVIEW);
    const previewEmpty = () => pulumi(PREVIEW);
    try {
        writeEmptyProgram(folder);
        await pulumi(["stack", "select", "--create", stack.name]);
        await pulumi(["up", "--yes", "--skip-preview"]);
        // Caches are filled.
        await previewStack();
        await previewEmpty();
        const pairs: (readonly [number, number])[] = [];
        for (let round = 0; round < ROUNDS; round++) {
            pairs.push([await measureSeconds(previewStack), await measureSeconds(previewEmpty)]);
        }
        const [ofStack, ofEmpty] = [pairs.map(([seconds]) => seconds), pairs.map(([, seconds]) => seconds)];
        const ratio = median(pairs.map(([seconds, emptySeconds]) => seconds / emptySeconds));
        return {
            what: `preview without changes, relative to an empty program (median of ${ROUNDS} pairs)`,
            value: `${ratio.toFixed(2)} (${median(ofStack).toFixed(1)} s / ${median(ofEmpty).toFixed(1)} s)`,
            aim: "at most 1.50",
        };
    } finally {
        await execa("pulumi", ["stack", "rm", stack.name, "--yes", "--force"], {
            cwd: folder,
            env: stack.env,
            reject: false,
        });
        fs.rmSync(folder, { recursive: true });
    }
}

function writeEmptyProgram(folder: string): void {
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `name: ${EMPTY_PROJECT}\nruntime: nodejs\n`);
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: EMPTY_PROJECT, main: "index.js" }));
    fs.writeFileSync(path.join(folder, "index.js"), "");
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
}

async function measureSeconds(work: () => Promise<unknown>): Promise<number> {
    const started = process.hrtime.bigint();
    await work();
    return Number(process.hrtime.bigint() - started) / 1e9;
}
