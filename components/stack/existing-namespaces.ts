import * as pulumi from "@pulumi/pulumi";
import type { ProviderCluster } from "../../config/load";
import { describeExistingNamespace, findNewNamespaces, listCreatedNamespaces } from "../../config/model/namespaces";
import type { StoredData } from "../../config/model/stored-data";
import type { StackSettings } from "../../config/schema/schema";
import { describeKubectlError, runKubectl } from "./kubectl";
import { readStateNamespaces } from "./state";

/** Returns those of the Namespaces that the cluster has. */
export type FindNamespaces = (names: readonly string[]) => Promise<readonly string[]>;

/**
 * Stops an update that would create a Namespace that exists, before any resource is registered.
 *
 * Depending on its version, Pulumi's Kubernetes provider would either adopt the Namespace, and delete it with all
 * objects in it when the stack is destroyed, or fail during the update. A preview reports neither.
 *
 * @param before Output `storedData` of the last complete update.
 * @throws pulumi.RunError with each Namespace and how to use it.
 */
export async function assertNamespacesAreNew(
    settings: StackSettings,
    before: StoredData | undefined,
    find: FindNamespaces,
): Promise<void> {
    const wanted = listCreatedNamespaces(settings);
    if (wanted.length === 0) {
        return;
    }
    const created = findNewNamespaces(wanted, await readStateNamespaces(), before);
    const existing = created.length === 0 ? [] : await find(created.map(({ name }) => name));
    const issues = created.filter(({ name }) => existing.includes(name)).map(describeExistingNamespace);
    if (issues.length > 0) {
        throw new pulumi.RunError(
            `stack ${pulumi.getStack()} would create a Namespace that exists:\n${issues.map((issue) => `  ${issue}`).join("\n")}`,
        );
    }
}

/**
 * Asks kubectl, because a program can ask Pulumi's provider only for objects that exist. Without kubectl, or when the
 * cluster does not answer, the update continues with a warning.
 */
export async function findNamespaces(
    names: readonly string[],
    cluster: Partial<ProviderCluster>,
): Promise<readonly string[]> {
    try {
        return await getNamespaces(names, cluster);
    } catch (error) {
        await pulumi.log.warn(
            `Cannot check whether Namespace ${names.join(", ")} exists: ${describeKubectlError(error)}`,
        );
        return [];
    }
}

/** Runs `kubectl get namespaces`. */
export async function getNamespaces(
    names: readonly string[],
    cluster: Partial<ProviderCluster>,
): Promise<readonly string[]> {
    const args = ["get", "namespaces", ...names, "--ignore-not-found", "--output=name"];
    const output = await runKubectl(args, cluster);
    return output.split("\n").flatMap((line) => /^namespace\/(.+)$/.exec(line)?.[1] ?? []);
}
