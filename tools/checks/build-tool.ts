import * as path from "node:path";
import { LINT_MODULES } from "../../sandbox/go-modules";
import { buildModule } from "../../sandbox/start";

/** The program of that module for `make lint`, built if need be. */
export async function buildTool(name: string): Promise<string> {
    const module = LINT_MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) {
        throw new Error(`sandbox/go-modules.ts has no module ${name} for lint`);
    }
    return path.join(await buildModule(module), name);
}
