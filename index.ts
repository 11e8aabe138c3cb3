import { DEFAULT_STACK_NAME } from "./components/kubernetes/resource-names";
import { loadTransformations } from "./components/stack/extension";
import { OtelStack } from "./components/stack/otel-stack";
import type { StackOutputs } from "./components/stack/outputs";
import { assertUpdateIsSafe } from "./components/stack/update-checks";
import { loadSettings } from "./config/load";

async function main(): Promise<StackOutputs> {
    const settings = loadSettings();
    await assertUpdateIsSafe(settings);
    const transformations = [...(await loadTransformations())];
    return new OtelStack(DEFAULT_STACK_NAME, settings, { transformations }).outputs;
}

export = main;
