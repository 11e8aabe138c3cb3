import * as pulumi from "@pulumi/pulumi";
import { type ProviderCluster, readProviderCluster, isRenderingManifests } from "../../config/load";
import type { StackSettingsInput } from "../../config/schema/schema";
import { isValid, validate } from "../../config/validate";
import { readClaimUsage } from "./claim-usage";
import { assertNamespacesAreNew, findNamespaces } from "./existing-namespaces";
import { runKubectl } from "./kubectl";
import { STORED_DATA_OUTPUT, readComponentStoredData, readStoredData } from "./state";
import { assertDataIsKept } from "./stored-data";

export interface UpdateCheckOptions {
    /**
     * Name of the program's output with the `storedData` of this OtelStack. A program with two of them needs two outputs.
     *
     * @default "storedData"
     */
    readonly output?: string;
    /** Name of this OtelStack, to read its stored data from its own state and not from an output of the program. */
    readonly component?: string;
    /**
     * The cluster of the provider of this OtelStack, for kubectl. By default `kubernetes:context` and
     * `kubernetes:kubeconfig` of the stack file, or else the current context of kubectl. If it is unknown, the function
     * does not look for Namespaces that exist.
     */
    readonly cluster?: Partial<ProviderCluster> | "unknown";
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
    { cluster = readProviderCluster(), component, output = STORED_DATA_OUTPUT }: UpdateCheckOptions = {},
): Promise<void> {
    const settings = isValid(args) ? args : validate({ ...args }).settings;
    if (settings === undefined) {
        return;
    }
    const before = component === undefined ? await readStoredData(output) : await readComponentStoredData(component);
    const known = cluster !== "unknown" && pulumi.runtime.hasEngine() && !isRenderingManifests() ? cluster : undefined;
    await assertDataIsKept(settings, before, (namespace) =>
        known ? readClaimUsage(namespace, (kubectl) => runKubectl(kubectl, known)) : Promise.resolve(new Map()),
    );
    await assertNamespacesAreNew(settings, before, (names) =>
        known ? findNamespaces(names, known) : Promise.resolve([]),
    );
}
