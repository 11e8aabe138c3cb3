import * as pulumi from "@pulumi/pulumi";
import { type ProviderCluster, readProviderCluster, isRenderingManifests } from "../../config/load";
import type { StackSettingsInput } from "../../config/schema/schema";
import { isValid, validate } from "../../config/validate";
import { readClaimUsage } from "./claim-usage";
import { assertNamespacesAreNew, findNamespaces } from "./existing-namespaces";
import { runKubectl } from "./kubectl";
import { STORED_DATA_OUTPUT, readStoredData } from "./state";
import { assertDataIsKept } from "./stored-data";

export interface UpdateCheckOptions {
    /**
     * Name of the program's output with the `storedData` of this OtelStack. A program with two of them needs two outputs.
     *
     * @default "storedData"
     */
    readonly output?: string;
    /**
     * The cluster of the provider of this OtelStack, for kubectl. By default `kubernetes:context` and
     * `kubernetes:kubeconfig` of the stack file, or else the current context of kubectl.
     */
    readonly cluster?: Partial<ProviderCluster>;
}

/**
 * Stops an update that would delete stored data, or take over a Namespace that exists. Call it before any resource is
 * registered: a constructor cannot wait for it.
 *
 * The last update wrote an output with the stored data, which Pulumi reads from its state. The function ignores invalid
 * settings, which OtelStack rejects.
 *
 * @throws pulumi.RunError with each problem and how to solve it.
 */
export async function assertUpdateIsSafe(
    args: StackSettingsInput,
    { cluster = readProviderCluster(), output = STORED_DATA_OUTPUT }: UpdateCheckOptions = {},
): Promise<void> {
    const settings = isValid(args) ? args : validate({ ...args }).settings;
    if (settings === undefined) {
        return;
    }
    const before = await readStoredData(output);
    const hasCluster = pulumi.runtime.hasEngine() && !isRenderingManifests();
    await assertDataIsKept(settings, before, (namespace) =>
        hasCluster ? readClaimUsage(namespace, (kubectl) => runKubectl(kubectl, cluster)) : Promise.resolve(new Map()),
    );
    await assertNamespacesAreNew(settings, before, (names) =>
        hasCluster ? findNamespaces(names, cluster) : Promise.resolve([]),
    );
}
