import { createHash } from "node:crypto";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { parseObjectName } from "./resource-names";

export interface HashedConfigMapArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** File name to content. */
    readonly data: Readonly<Record<string, string>>;
}

/**
 * An immutable ConfigMap named after its content: a change makes a new one, so that the pods that mount it roll out.
 *
 * Pulumi's own name carries the hash too. The old one is then a resource that the program no longer has, and those are
 * deleted after everything else went well: the pods of a failed roll-out still find it, and going back finds it as it
 * was. Under one name it would be a replacement, whose old half stays marked for deletion after a failure; going back
 * would make it again and then delete it under the pods that use it.
 */
export function createHashedConfigMap(
    prefix: string,
    { namespace, labels, data }: HashedConfigMapArgs,
    opts: pulumi.CustomResourceOptions,
): ConfigMap {
    const name = `${prefix}-${hashContent(data)}`;
    return new ConfigMap(
        name,
        { metadata: { name: parseObjectName(name), namespace, labels }, data, immutable: true },
        opts,
    );
}

function hashContent(data: Readonly<Record<string, string>>): string {
    const files = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 8);
}
