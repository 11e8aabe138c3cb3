import type * as pulumi from "@pulumi/pulumi";

const FORCE_PATCH = { "pulumi.com/patchForce": "true" } as const;

/**
 * Lets the settings of the stack win where another field manager, such as `kubectl edit`, has changed a field of one of
 * its objects. Without it, every later update of that object fails with a field conflict. Fields that the stack does
 * not set, such as the replicas of an autoscaled workload, stay with their manager.
 *
 * A transformation, so that it holds for every object, those of components to come included.
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
