import type { StackSettings } from "../schema/schema";
import { isClusterTelemetryEnabled } from "./cluster-telemetry";
import type { StoredData } from "./stored-data";

/** A Namespace that the stack creates. */
export interface CreatedNamespace {
    readonly name: string;
    /** The setting that names it. */
    readonly setting: "namespace.name" | "clusterTelemetry.namespace";
}

/** A Namespace in Pulumi's state of the stack. The state does not show whether the stack only reads it. */
export interface StateNamespace {
    readonly name: string;
    /** Whether it has no parent: an earlier version created it, or `pulumi import` added it. */
    readonly topLevel: boolean;
    /** Whether it has the annotation of all objects that the stack manages. */
    readonly managed: boolean;
}

export function listCreatedNamespaces({ clusterTelemetry, namespace }: StackSettings): readonly CreatedNamespace[] {
    return [
        ...(namespace.create ? [{ name: namespace.name, setting: "namespace.name" } as const] : []),
        ...(isClusterTelemetryEnabled(clusterTelemetry)
            ? [{ name: clusterTelemetry.namespace, setting: "clusterTelemetry.namespace" } as const]
            : []),
    ];
}

/**
 * Returns the Namespaces that the update would create.
 *
 * @param known Namespaces in the state.
 * @param before Output of the last complete update. An update that failed leaves its Namespace in the state and no output.
 */
export function findNewNamespaces(
    wanted: readonly CreatedNamespace[],
    known: readonly StateNamespace[],
    before: Pick<StoredData, "namespace" | "namespaceCreated"> | undefined,
): readonly CreatedNamespace[] {
    return wanted.filter(({ name, setting }) => {
        const isOwned = (namespace: StateNamespace): boolean => {
            // A stack always creates the Namespace of cluster telemetry.
            if (namespace.topLevel || setting === "clusterTelemetry.namespace") {
                return true;
            }
            return before?.namespace === name ? before.namespaceCreated : namespace.managed;
        };
        return !known.some((namespace) => namespace.name === name && isOwned(namespace));
    });
}

/** @returns what is wrong, and how to use the Namespace. */
export function describeExistingNamespace({ name, setting }: CreatedNamespace): string {
    return setting === "namespace.name"
        ? `${setting}: Namespace ${name} exists, and the stack did not create it. To use it without managing it, set ` +
              "namespace.create: false. To let the stack manage it, and delete it on destroy, run " +
              `\`pulumi import --protect=false --generate-code=false kubernetes:core/v1:Namespace ${name} ${name}\`.`
        : `${setting}: Namespace ${name} exists, and the stack did not create it. Set another name.`;
}
