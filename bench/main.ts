import { isRunning } from "../sandbox/cluster";
import { SANDBOX_STACK, stackOf } from "../tools/stack";
import { type Figure, table } from "./figures";
import { memoryAtRest } from "./memory";
import { previewRatio } from "./preview";
import { requestedMemory } from "./requests";

/** Measures the stack that runs on the sandbox; nothing is changed by it. */
async function main(): Promise<void> {
    if (!isRunning()) {
        throw new Error("no sandbox runs; start it with 'make up'");
    }
    const stack = stackOf(SANDBOX_STACK);
    const figures: Figure[] = [await previewRatio(stack), await requestedMemory("dev"), ...(await memoryAtRest(stack))];
    console.log(table(figures));
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
