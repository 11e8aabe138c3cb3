import type * as pulumi from "@pulumi/pulumi";

const FORCE_PATCH = { "pulumi.com/patchForce": "true" } as const;

/**
 * Lets the settings of the stack take precedence over another field manager, such as `kubectl edit`, that has changed a
 * field of an object. Without it, every later update of that object fails with a field conflict. Fields that the stack
 * does not set, such as the replicas of an autoscaled workload, stay with their manager.
 *
 * A transformation, so that it applies to all objects, including those of new components.
 */
export function forcePatch({
    type,
    props,
    opts,
}: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
    const isRead = "id" in opts;
    if (!type.startsWith("kubernetes:") || isRead) {
        return undefined;
    }
    const { metadata } = props as { readonly metadata?: { readonly annotations?: object } };
    return {
        props: { ...props, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...FORCE_PATCH } } },
        opts,
    };
}
