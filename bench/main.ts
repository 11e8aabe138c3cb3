import * as path from "node:path";
import { isRunning } from "../sandbox/cluster";
import { SANDBOX_MODULES } from "../sandbox/go-modules";
import { buildModule } from "../sandbox/start";
import { SANDBOX_STACK, type Stack, resolveStack } from "../tools/stack/stack";
import { measureDeployment } from "./deploy";
import { type Figure, renderTable } from "./figures";
import { measureLoad } from "./load";
import { measureIdleMemory } from "./idle-memory";
import { measurePreview } from "./preview";
import { measureQueues } from "./queues/queues";
import { measureRedaction } from "./queues/redaction";
import { measureRepairs } from "./repairs";
import { measureRequestedMemory } from "./requested-memory";

/** Benchmarks that can be selected by name. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
    deploy: benchmarkDeployment,
    load: benchmarkLoad,
    preview: benchmarkPreview,
    queues: benchmarkQueues,
    redaction: benchmarkRedaction,
    repairs: benchmarkRepairs,
};

/** Runs one benchmark, or all that do not change the running stack, and prints the results. */
async function main(only: string | undefined): Promise<void> {
    const measure = only === undefined ? benchmarkAll : BENCHMARKS[only];
    if (measure === undefined) {
        throw new Error(`unknown benchmark ${only}; expected one of ${Object.keys(BENCHMARKS).join(", ")}`);
    }
    console.log(renderTable(await measure()));
}

async function benchmarkAll(): Promise<Figure[]> {
    return [
        ...(await benchmarkStack()),
        ...(await benchmarkDeployment()),
        ...(await benchmarkQueues()),
        ...(await benchmarkRedaction()),
    ];
}

/** Uses a separate Namespace, and does not change the running stack. */
async function benchmarkDeployment(): Promise<Figure[]> {
    requireRunningStack();
    return measureDeployment();
}

async function benchmarkPreview(): Promise<Figure[]> {
    return [await measurePreview(requireRunningStack())];
}

async function benchmarkStack(): Promise<Figure[]> {
    const stack = requireRunningStack();
    return [await measurePreview(stack), await measureRequestedMemory("dev"), ...(await measureIdleMemory(stack))];
}

/** Writes to the backends, so `benchmarkAll` does not include it. */
async function benchmarkLoad(): Promise<Figure[]> {
    return measureLoad(requireRunningStack());
}

function requireRunningStack(): Stack {
    if (!isRunning()) {
        throw new Error("no sandbox is running; start it with 'make up'");
    }
    return resolveStack(SANDBOX_STACK);
}

async function benchmarkQueues(): Promise<Figure[]> {
    return measureQueues(await buildCollector());
}

async function benchmarkRedaction(): Promise<Figure[]> {
    return measureRedaction(await buildCollector());
}

async function benchmarkRepairs(): Promise<Figure[]> {
    return measureRepairs(await buildCollector());
}

async function buildCollector(): Promise<string> {
    const module = SANDBOX_MODULES.find(({ name }) => name === "collector");
    if (module === undefined) {
        throw new Error("sandbox/go-modules.ts has no Collector");
    }
    return path.join(await buildModule(module), "otelcol-contrib");
}

main(process.argv[2]).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
