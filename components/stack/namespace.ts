import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type * as pulumi from "@pulumi/pulumi";
import type { NamespaceSettings } from "../../config/schema/schema";
import { namespaceLabels } from "../kubernetes/labels";

/**
 * The Namespace of the stack, created or found.
 *
 * One that exists is only read: Pulumi does not manage it, so that no destroy can delete it, and a missing one fails the
 * preview. Either way its name is an output that orders the rest after it.
 */
export function getOrCreateNamespace(
    resourceName: string,
    { name, create, podSecurity }: NamespaceSettings,
    opts: pulumi.CustomResourceOptions,
): Namespace {
    return create
        ? new Namespace(resourceName, { metadata: { name, labels: namespaceLabels(name, podSecurity) } }, opts)
        : Namespace.get(resourceName, name, opts);
}
