import { DEFAULT_STACK_NAME } from "./components/kubernetes/resource-names";
import { assertNamespacesAreNew, findNamespaces } from "./components/stack/existing-namespaces";
import { OtelStack } from "./components/stack/otel-stack";
import type { StackOutputs } from "./components/stack/outputs";
import { readStoredData } from "./components/stack/state";
import { assertDataIsKept } from "./components/stack/stored-data";
import { loadSettings, readProviderCluster } from "./config/load";

async function main(): Promise<StackOutputs> {
    const settings = loadSettings();
    // Both checks run before anything is registered.
    const before = await readStoredData();
    await assertDataIsKept(settings, before);
    const cluster = readProviderCluster();
    await assertNamespacesAreNew(settings, before, (names) => findNamespaces(names, cluster));
    return new OtelStack(DEFAULT_STACK_NAME, settings).outputs;
}

export = main;
