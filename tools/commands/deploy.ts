import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { STATE } from "../../sandbox/directories";
import { endOrphanedPlugins } from "../../sandbox/plugin-processes";
import { findProcesses, isExited } from "../../sandbox/processes";
import { approvalArgs, requireApproval } from "./approval";
import { waitForRollouts } from "./rollouts";
import { addKubectlFlags } from "../stack/kube-context";
import { kubectl } from "../stack/kubectl";
import { pulumi, pulumiOutput, SANDBOX_STACK, selectStack, type Stack } from "../stack/stack";
import { type PendingOperation, readState } from "../stack/state";

/** Stack outputs that describe access to the stack. A destroyed stack has none. */
interface AccessInfo {
    readonly portForwards: Readonly<Record<string, { readonly command: string; readonly url: string }>>;
    readonly applicationEnvShell: string;
    readonly externalUrls?: Readonly<Record<string, string>>;
    readonly secureOtlp?: { readonly environment: Readonly<Record<string, string>> };
}

/**
 * Runs `pulumi up`. Pulumi shows a preview and asks, unless the stack is the sandbox or YES is 1.
 *
 * Repairs an interrupted update first. Refreshes the state from the cluster, so that the update reverts manual changes.
 * Waits for all rollouts.
 */
export async function deploy(stack: Stack): Promise<void> {
    await selectStack(stack);
    await clearStaleLock(stack);
    await repairInterruptedUpdate(stack);
    await pulumi(stack, ["up", ...approvalArgs(stack), "--suppress-outputs", "--refresh"]);
    await waitForRollouts(stack);
}

/** Kinds that the repair never deletes, because they may contain data or objects. */
const NEVER_DELETED: readonly string[] = ["Namespace", "PersistentVolumeClaim"];

/**
 * Deletes objects that a killed update created but did not record in the state, imports its Namespaces, and clears the
 * pending operations.
 *
 * Pulumi never completes these operations: creating the object again fails, or leaves it with two field managers. After
 * the deletion, the next update creates the objects.
 */
async function repairInterruptedUpdate(stack: Stack): Promise<void> {
    const { resources, pendingOperations: pending } = await readState(stack);
    if (pending.length === 0) {
        return;
    }
    console.log(
        `The last update of stack ${stack.name} was interrupted: repairing ${pending.length} pending operations.`,
    );
    const candidates = findOrphans(resources, pending);
    const created = await Promise.all(candidates.map((orphan) => isCreatedByPulumi(stack, orphan)));
    const orphans = candidates.filter((_, index) => created[index]);
    if (orphans.length > 0) {
        const names = orphans.map(({ kind, name }) => `  ${kind} ${name}`);
        console.log(
            ["The update may have created these objects, which are not in Pulumi's state:", ...names].join("\n"),
        );
        await requireApproval(stack, "Delete them, so that this update can create them?");
    }
    for (const orphan of orphans) {
        await kubectl(stack, ["delete", ...objectArgs(orphan), "--ignore-not-found"], {});
    }
    // Before the operations are cleared, so that the next repair still finds the Namespaces if this one is killed.
    for (const namespace of findUnrecordedNamespaces(resources, pending)) {
        if (await isCreatedByPulumi(stack, namespace)) {
            await pulumi(stack, importArgs(namespace));
        }
    }
    await pulumi(stack, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs"]);
}

/** A Namespace with a pending creation that is not in the state. */
interface UnrecordedNamespace extends Orphan {
    /** Its name in Pulumi. */
    readonly resourceName: string;
    /** URN of its component. */
    readonly parent: string | undefined;
}

/** Returns the Namespaces to import: the program does not create one that exists and is not in the state. */
export function findUnrecordedNamespaces(
    known: readonly { readonly urn: string }[],
    pending: readonly PendingOperation[],
): readonly UnrecordedNamespace[] {
    return pending.flatMap(({ type, resource: { inputs, parent, urn } }) => {
        const name = inputs?.metadata?.name;
        return type === "creating" &&
            inputs?.kind === "Namespace" &&
            name !== undefined &&
            !known.some((resource) => resource.urn === urn)
            ? [{ kind: "Namespace", name, namespace: undefined, resourceName: urn.split("::").at(-1) ?? name, parent }]
            : [];
    });
}

export function importArgs({ name, parent, resourceName }: UnrecordedNamespace): readonly string[] {
    const options = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false", "--suppress-outputs"];
    return [
        "import",
        "kubernetes:core/v1:Namespace",
        resourceName,
        name,
        ...options,
        ...(parent === undefined ? [] : ["--parent", `parent=${parent}`]),
    ];
}

/** An object in the arguments of `kubectl delete`. */
interface Orphan {
    /** Kind with version and group, for example `Deployment.v1.apps`. */
    readonly kind: string;
    readonly name: string;
    readonly namespace: string | undefined;
}

function objectArgs({ kind, name, namespace }: Orphan): readonly string[] {
    return [kind, name, ...(namespace === undefined ? [] : ["--namespace", namespace])];
}

/** Whether the object exists and has a Pulumi field manager. Without one, something else created the object. */
async function isCreatedByPulumi(stack: Stack, orphan: Orphan): Promise<boolean> {
    const options = ["--ignore-not-found", "--show-managed-fields", "--output=json"];
    const { stdout } = await kubectl(stack, ["get", ...objectArgs(orphan), ...options], {});
    return stdout !== "" && hasPulumiManager(JSON.parse(stdout) as ManagedObject);
}

interface ManagedObject {
    readonly metadata: { readonly managedFields?: readonly { readonly manager: string }[] };
}

export function hasPulumiManager({ metadata: { managedFields = [] } }: ManagedObject): boolean {
    return managedFields.some(({ manager }) => manager.startsWith("pulumi-kubernetes"));
}

/** Returns the objects with a pending creation that are not in the state and can be deleted. */
export function findOrphans(
    known: readonly { readonly urn: string }[],
    pending: readonly PendingOperation[],
): readonly Orphan[] {
    return pending.flatMap(({ type, resource: { inputs, type: resourceType, urn } }) => {
        const { apiVersion = "", kind = "", metadata = {} } = inputs ?? {};
        const isOrphan =
            type === "creating" &&
            resourceType.startsWith("kubernetes:") &&
            !NEVER_DELETED.includes(kind) &&
            !known.some((resource) => resource.urn === urn);
        if (!isOrphan || metadata.name === undefined) {
            return [];
        }
        const [version, group] = apiVersion.split("/").reverse();
        return [
            {
                kind: group === undefined ? kind : `${kind}.${version ?? ""}.${group}`,
                name: metadata.name,
                namespace: metadata.namespace,
            },
        ];
    });
}

export async function printAccess(stack: Stack): Promise<void> {
    const { portForwards, applicationEnvShell, secureOtlp, externalUrls } = JSON.parse(
        await pulumiOutput(stack, ["stack", "output", "--json"]),
    ) as Partial<AccessInfo>;
    if (portForwards === undefined || applicationEnvShell === undefined) {
        console.log(`\nStack ${stack.name} is not deployed: make up STACK=${stack.name}`);
        return;
    }
    const openCommand = stack.name === SANDBOX_STACK ? "make open" : `make open STACK=${stack.name}`;
    console.log(`\nAccess (run a command, then open its URL; or run all of them: ${openCommand}):\n`);
    for (const { command, url } of Object.values(portForwards)) {
        console.log(`  ${url.padEnd(30)} ${addKubectlFlags(command, stack.flags)}`);
    }
    if (externalUrls !== undefined) {
        console.log("\nExternal URLs:\n");
        for (const [name, url] of Object.entries(externalUrls)) {
            console.log(`  ${name.padEnd(12)} ${url}`);
        }
    }
    printLines("Environment for applications in the cluster", applicationEnvShell.split("\n"));
    console.log(
        `\n  For a Deployment: pulumi stack output applicationEnvYaml --stack ${stack.name} (or applicationEnvFromYaml)`,
    );
    if (secureOtlp !== undefined) {
        printLines(
            "Environment for clients outside the Namespace (expects its TLS files in the working directory)",
            Object.entries(secureOtlp.environment).map(([name, value]) => `${name}=${value}`),
        );
    }
    if (stack.name === SANDBOX_STACK) {
        console.log('\nTo use kubectl and pulumi on this sandbox in your shell:\n\n  eval "$(make sandbox-env)"\n');
    }
}

function printLines(title: string, lines: readonly string[]): void {
    console.log(`\n${title}:\n`);
    for (const line of lines) {
        console.log(`  ${line}`);
    }
}

/**
 * Removes the lock that a killed `pulumi` leaves in the state of the sandbox.
 *
 * This process holds the sandbox lock, so any other `pulumi` belongs to a killed command. The function waits for that
 * process to exit before it removes the lock.
 */
async function clearStaleLock(stack: Stack): Promise<void> {
    const locks = path.join(STATE, "pulumi/.pulumi/locks");
    if (stack.name !== SANDBOX_STACK || !fs.existsSync(locks)) {
        return;
    }
    const orphans = findProcesses(([program, ...args]) => program === "pulumi" && args.includes(stack.name));
    while (!orphans.every(isExited)) {
        await sleep(200);
    }
    endOrphanedPlugins();
    if (fs.readdirSync(locks, { recursive: true, withFileTypes: true }).some((file) => file.isFile())) {
        await pulumi(stack, ["cancel", "--yes"]);
    }
}
