import { DEFAULT_STACK_NAME } from "./components/kubernetes/resource-names";
import { OtelStack } from "./components/stack/otel-stack";
import type { StackOutputs } from "./components/stack/outputs";
import { assertNoDataLoss } from "./components/stack/stored-data";
import { loadSettings } from "./config/load";

async function main(): Promise<StackOutputs> {
    const settings = loadSettings();
    // Before anything is registered.
    await assertNoDataLoss(settings);
    return new OtelStack(DEFAULT_STACK_NAME, settings).outputs;
}

export = main;
