/** Separates the name of a stack from the name of an object. No Kubernetes name may contain it. */
const SEPARATOR = "/";

/** Name of the stack whose resources have no prefix, as in this project's own program. */
export const DEFAULT_STACK_NAME = "otel-stack";

/**
 * The Pulumi name of the resource for a Kubernetes object.
 *
 * The URN of a resource contains the types of its parents, but not their names. So two stacks in one program need
 * different resource names, although the names of their objects are equal.
 */
export function renderResourceName(stackName: string, objectName: string): string {
    return stackName === DEFAULT_STACK_NAME ? objectName : `${stackName}${SEPARATOR}${objectName}`;
}

/** The name of the Kubernetes object of a Pulumi resource. */
export function parseObjectName(resourceName: string): string {
    return resourceName.slice(resourceName.lastIndexOf(SEPARATOR) + 1);
}

/** The Pulumi name of another resource in the same stack. */
export function renderSiblingName(resourceName: string, objectName: string): string {
    return resourceName.slice(0, resourceName.lastIndexOf(SEPARATOR) + 1) + objectName;
}
