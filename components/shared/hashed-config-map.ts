import { createHash } from "node:crypto";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";

export interface HashedConfigMapArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** File name to content. */
    readonly data: Readonly<Record<string, string>>;
}

/**
 * An immutable ConfigMap named after its content: a change makes a new one, so that the pods that mount it roll out.
 *
 * Pulumi makes a replacement first and deletes what it replaces only after the whole update went well. The new name
 * is what allows that: the pods of a failed roll-out, and the way back, still find the old configuration.
 */
export function hashedConfigMap(
    name: string,
    { namespace, labels, data }: HashedConfigMapArgs,
    opts: pulumi.CustomResourceOptions,
): ConfigMap {
    return new ConfigMap(
        name,
        { metadata: { name: `${name}-${hashOf(data)}`, namespace, labels }, data, immutable: true },
        opts,
    );
}

function hashOf(data: Readonly<Record<string, string>>): string {
    const files = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 8);
}
