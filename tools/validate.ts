import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { build, goVersion, isBuilt } from "../sandbox/build";
import { SANDBOX_MODULES } from "../sandbox/programs";
import { provideProgram } from "../sandbox/up";
import { type RenderedFiles, renderedFiles } from "./rendered";

interface Check {
    /** Folder of sandbox/modules that builds the program. */
    readonly module: string;
    readonly program: string;
    readonly args: readonly string[];
}

/** For each configuration file, the program that reads it and how it is asked to check it. */
const CHECKS: Readonly<Record<keyof RenderedFiles, Check>> = {
    collector: { module: "collector", program: "otelcol-contrib", args: ["validate", "--config"] },
    jaeger: { module: "jaeger", program: "jaeger", args: ["validate", "--config"] },
    prometheus: { module: "prometheus", program: "promtool", args: ["check", "config"] },
};

/**
 * Has the configuration files of the stacks checked by the very programs that will read them.
 *
 * @param buildMissing Builds the programs that are not at hand; otherwise their files are passed over, and that is said.
 * @throws with the program's words where one refuses a file.
 */
export async function validate(stacks: readonly string[], { buildMissing = false } = {}): Promise<void> {
    for (const stack of stacks) {
        await validateFiles(stack, await renderedFiles(stack), { buildMissing });
    }
}

/** The same for the files of one stack. */
export async function validateFiles(
    stack: string,
    { collector, jaeger, prometheus }: RenderedFiles,
    { buildMissing = false } = {},
): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-validate-"));
    try {
        for (const [toCheck, content] of [
            [CHECKS.collector, collector],
            [CHECKS.jaeger, jaeger],
            [CHECKS.prometheus, prometheus],
        ] as const) {
            if (content !== undefined) {
                const file = path.join(folder, `${toCheck.module}.yaml`);
                fs.writeFileSync(file, content);
                await check(stack, toCheck, file, buildMissing);
            }
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

async function check(
    stack: string,
    { module, program, args }: Check,
    file: string,
    buildMissing: boolean,
): Promise<void> {
    const command = await find(module, program, buildMissing);
    if (command === undefined) {
        console.log(
            `Stack ${stack}: ${program} is not built, its configuration is not checked ('make validate' does both)`,
        );
        return;
    }
    const { failed, all } = await execa(command, [...args, file], { all: true, reject: false });
    if (failed) {
        throw new Error(`${program} refuses its configuration of stack ${stack}:\n${all}`);
    }
    console.log(`Stack ${stack}: ${program} accepts its configuration`);
}

async function find(name: string, program: string, buildMissing: boolean): Promise<string | undefined> {
    const module = SANDBOX_MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) {
        throw new Error(`sandbox/programs.ts has no module ${name}`);
    }
    const version = await goVersion();
    if (version !== undefined && isBuilt(module, version)) {
        return path.join(await build(module, version), program);
    }
    // Another version on PATH would judge by other rules.
    return buildMissing ? path.join(await provideProgram(module), program) : undefined;
}
