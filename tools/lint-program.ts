import * as path from "node:path";
import { LINT_MODULES } from "../sandbox/programs";
import { provideProgram } from "../sandbox/up";

/** The program of that module for `make lint`, built if need be. */
export async function lintProgram(name: string): Promise<string> {
    const module = LINT_MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) {
        throw new Error(`sandbox/programs.ts has no module ${name} for lint`);
    }
    return path.join(await provideProgram(module), name);
}
