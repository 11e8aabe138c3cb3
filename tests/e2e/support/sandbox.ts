import { isRunning, stopNode } from "../../../sandbox/cluster";
import { sandboxUp } from "../../../sandbox/up";

/** Starts the sandbox from nothing; one that does not come up is ended. */
export async function startSandbox(): Promise<void> {
    if (isRunning()) {
        throw new Error("a sandbox runs already, and these tests would end it; 'make down' first");
    }
    try {
        await sandboxUp();
    } catch (error) {
        await stopNode();
        throw error;
    }
}
