import { createHash } from "node:crypto";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { parseObjectName } from "./resource-names";

export interface HashedConfigMapArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** Content by file name. */
    readonly data: Readonly<Record<string, string>>;
}

/**
 * Creates an immutable ConfigMap named after its content. A change creates a new one, so that the pods that mount it
 * roll out.
 *
 * The Pulumi resource name contains the hash too. So a changed ConfigMap is a new resource, and Pulumi deletes the old
 * one after all other changes succeeded. The pods of a failed roll-out still find it, and a rollback finds it
 * unchanged. With a constant resource name, the change would be a replacement. After a failure, the old ConfigMap would
 * stay marked for deletion, and a rollback would create it again and then delete it while pods use it.
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
