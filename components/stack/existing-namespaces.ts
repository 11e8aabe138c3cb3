import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { ProviderCluster } from "../../config/load";
import { describeExistingNamespace, findNewNamespaces, listCreatedNamespaces } from "../../config/model/namespaces";
import type { StoredData } from "../../config/model/stored-data";
import type { StackSettings } from "../../config/schema/schema";
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

const KUBECTL_TIMEOUT_SECONDS = 10;

/**
 * Asks kubectl, because a program can ask Pulumi's provider only for objects that exist. Without kubectl, or when the
 * cluster does not answer, the update continues with a warning.
 */
export async function findNamespaces(names: readonly string[], cluster: ProviderCluster): Promise<readonly string[]> {
    // Without an engine, the program renders manifests and requires no cluster.
    if (!pulumi.runtime.hasEngine()) {
        return [];
    }
    try {
        return await getNamespaces(names, cluster);
    } catch (error) {
        await pulumi.log.warn(
            `Cannot check whether Namespace ${names.join(", ")} exists: ${describeKubectlError(error)}`,
        );
        return [];
    }
}

/** Returns the last line of kubectl, which has the reason, or why kubectl did not run. */
function describeKubectlError(error: unknown): string {
    const { message, stderr = "" } = error as Error & { readonly stderr?: string };
    const line = stderr.trim().split("\n").at(-1) ?? "";
    return line === "" ? message : line;
}

/** Runs `kubectl get namespaces` on the cluster of Pulumi's provider. */
export async function getNamespaces(
    names: readonly string[],
    { context, kubeconfig }: ProviderCluster,
): Promise<readonly string[]> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-"));
    try {
        const { stdout } = await promisify(execFile)(
            "kubectl",
            [
                "get",
                "namespaces",
                ...names,
                "--ignore-not-found",
                "--output=name",
                `--request-timeout=${KUBECTL_TIMEOUT_SECONDS}s`,
                ...(context === undefined ? [] : [`--context=${context}`]),
                ...(kubeconfig === undefined ? [] : [`--kubeconfig=${resolveKubeconfigFile(kubeconfig, directory)}`]),
            ],
            { timeout: 2 * KUBECTL_TIMEOUT_SECONDS * 1000 },
        );
        return stdout.split("\n").flatMap((line) => /^namespace\/(.+)$/.exec(line)?.[1] ?? []);
    } finally {
        fs.rmSync(directory, { recursive: true });
    }
}

/** Returns the file of `kubernetes:kubeconfig`, which is a path or the content of a file. */
function resolveKubeconfigFile(pathOrContent: string, directory: string): string {
    const file = pathOrContent.replace(/^~(?=\/)/, os.homedir());
    if (fs.existsSync(file)) {
        return file;
    }
    const copy = path.join(directory, "kubeconfig.yaml");
    fs.writeFileSync(copy, pathOrContent, { mode: 0o600 });
    return copy;
}
