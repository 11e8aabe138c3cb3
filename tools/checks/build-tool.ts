import * as path from "node:path";
import { LINT_MODULES } from "../../sandbox/go-modules";
import { buildModule } from "../../sandbox/start";

/**
 * Builds the program of a lint module unless it is cached.
 *
 * @param name Module in `LINT_MODULES`.
 * @returns the path of the program
 */
export async function buildTool(name: string): Promise<string> {
    const module = LINT_MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) {
        throw new Error(`sandbox/go-modules.ts has no module ${name} for lint`);
    }
    return path.join(await buildModule(module), name);
}
