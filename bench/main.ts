import * as path from "node:path";
import { isRunning } from "../sandbox/cluster";
import { SANDBOX_MODULES } from "../sandbox/programs";
import { provideProgram } from "../sandbox/up";
import { SANDBOX_STACK, stackOf } from "../tools/stack";
import { type Figure, table } from "./figures";
import { memoryAtRest } from "./memory";
import { previewRatio } from "./preview";
import { queueFigures } from "./queues/queues";
import { requestedMemory } from "./requests";

/** Measures what queues cost, on this machine; and the stack that runs on the sandbox, where nothing is changed by it. */
async function main(only: string | undefined): Promise<void> {
    const figures = only === "queues" ? await ofQueues() : [...(await ofStack()), ...(await ofQueues())];
    console.log(table(figures));
}

async function ofStack(): Promise<Figure[]> {
    if (!isRunning()) {
        throw new Error("no sandbox runs; start it with 'make up'");
    }
    const stack = stackOf(SANDBOX_STACK);
    return [await previewRatio(stack), await requestedMemory("dev"), ...(await memoryAtRest(stack))];
}

async function ofQueues(): Promise<Figure[]> {
    const module = SANDBOX_MODULES.find(({ name }) => name === "collector");
    if (module === undefined) {
        throw new Error("sandbox/programs.ts has no Collector");
    }
    return queueFigures(path.join(await provideProgram(module), "otelcol-contrib"));
}

main(process.argv[2]).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
