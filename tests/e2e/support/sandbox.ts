import { isRunning, stopNode } from "../../../sandbox/cluster";
import { E2E_NEEDS, installPackages, missingPackages } from "../../../sandbox/packages";
import { CHART_MODULES, E2E_MODULES } from "../../../sandbox/programs";
import { provideProgram, sandboxUp } from "../../../sandbox/up";

/** Builds all programs that the files need, and starts the sandbox from nothing; one that does not come up is ended. */
export async function startSandbox(): Promise<void> {
    if (isRunning()) {
        throw new Error("a sandbox runs already, and these tests would end it; 'make down' first");
    }
    const missing = missingPackages(E2E_NEEDS);
    if (missing.length > 0) {
        await installPackages(missing);
    }
    // Beside tests that run, a build would take their time.
    for (const module of [...CHART_MODULES, ...E2E_MODULES]) {
        await provideProgram(module);
    }
    try {
        await sandboxUp();
    } catch (error) {
        await stopNode();
        throw error;
    }
}
