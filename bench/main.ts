import * as path from "node:path";
import { isRunning } from "../sandbox/cluster";
import { SANDBOX_MODULES } from "../sandbox/programs";
import { provideProgram } from "../sandbox/up";
import { SANDBOX_STACK, type Stack, stackOf } from "../tools/stack";
import { deployFigures } from "./deploy";
import { type Figure, table } from "./figures";
import { loadFigures } from "./load";
import { memoryAtRest } from "./memory";
import { previewRatio } from "./preview";
import { queueFigures } from "./queues/queues";
import { requestedMemory } from "./requests";

/** What can be measured alone, by its name. */
const ALONE: Readonly<Record<string, () => Promise<Figure[]>>> = {
    deploy: ofDeployment,
    load: ofLoad,
    queues: ofQueues,
};

/** Measures what queues cost, on this machine; and the stack that runs on the sandbox, where nothing is changed by it. */
async function main(only: string | undefined): Promise<void> {
    const measure = only === undefined ? ofAll : ALONE[only];
    if (measure === undefined) {
        throw new Error(`nothing is called ${only}; there is ${Object.keys(ALONE).join(", ")}`);
    }
    console.log(table(await measure()));
}

async function ofAll(): Promise<Figure[]> {
    return [...(await ofStack()), ...(await ofDeployment()), ...(await ofQueues())];
}

/** Beside the stack that runs, which it leaves alone. */
async function ofDeployment(): Promise<Figure[]> {
    runningStack();
    return deployFigures();
}

async function ofStack(): Promise<Figure[]> {
    const stack = runningStack();
    return [await previewRatio(stack), await requestedMemory("dev"), ...(await memoryAtRest(stack))];
}

/** It fills the stores, and is not part of the whole. */
async function ofLoad(): Promise<Figure[]> {
    return loadFigures(runningStack());
}

function runningStack(): Stack {
    if (!isRunning()) {
        throw new Error("no sandbox runs; start it with 'make up'");
    }
    return stackOf(SANDBOX_STACK);
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
