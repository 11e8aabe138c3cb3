import { isRunning, stopSandbox } from "../../../sandbox/cluster";
import { E2E_PACKAGES, installPackages, findMissingPackages } from "../../../sandbox/system-packages";
import { CHART_MODULES, E2E_MODULES } from "../../../sandbox/go-modules";
import { buildModule, ensureSandbox } from "../../../sandbox/start";

/**
 * Builds all programs that the files need, and starts the sandbox from scratch. Deletes a sandbox that fails to start.
 */
export async function startSandbox(): Promise<void> {
    if (isRunning()) {
        throw new Error("a sandbox runs already, and these tests would end it; 'make down' first");
    }
    const missing = findMissingPackages(E2E_PACKAGES);
    if (missing.length > 0) {
        await installPackages(missing);
    }
    // Built before, because a build during the tests would slow them down.
    for (const module of [...CHART_MODULES, ...E2E_MODULES]) {
        await buildModule(module);
    }
    try {
        await ensureSandbox();
    } catch (error) {
        await stopSandbox();
        throw error;
    }
}
