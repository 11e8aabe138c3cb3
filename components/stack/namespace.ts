import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type * as pulumi from "@pulumi/pulumi";
import type { NamespaceSettings } from "../../config/schema/schema";
import { namespaceLabels } from "../kubernetes/labels";

/**
 * Creates the Namespace of the stack, or gets an existing one.
 *
 * An existing Namespace is only read. Pulumi does not manage it, so `pulumi destroy` cannot delete it, and a missing
 * one fails the preview. In both cases its name is an output, so that the other resources depend on it.
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
