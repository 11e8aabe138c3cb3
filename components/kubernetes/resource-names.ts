/** Between the name of a stack and that of an object. No name in Kubernetes may contain it. */
const SEPARATOR = "/";

/** The name of the stack whose resources have no prefix, as in this project's own program. */
export const DEFAULT_STACK_NAME = "otel-stack";

/**
 * The Pulumi name of the resource that stands for a Kubernetes object.
 *
 * The URN of a resource holds the types of its parents and not their names. So the names of the resources of two stacks in one
 * program must differ, although the names of their objects are equal.
 */
export function renderResourceName(stackName: string, objectName: string): string {
    return stackName === DEFAULT_STACK_NAME ? objectName : `${stackName}${SEPARATOR}${objectName}`;
}

/** The name of the Kubernetes object that a resource of that Pulumi name stands for. */
export function parseObjectName(resourceName: string): string {
    return resourceName.slice(resourceName.lastIndexOf(SEPARATOR) + 1);
}

/** The Pulumi name of another resource of the same stack. */
export function renderSiblingName(resourceName: string, objectName: string): string {
    return resourceName.slice(0, resourceName.lastIndexOf(SEPARATOR) + 1) + objectName;
}
