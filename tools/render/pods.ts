import type { PullPolicy } from "../../config/schema/images";
import { type Manifest, isRecord } from "./program";

/** A container in a manifest. */
export interface RenderedContainer {
    readonly name: string;
    readonly image: string;
    readonly imagePullPolicy?: PullPolicy;
}

/** A pod in a manifest. */
export interface RenderedPodSpec {
    readonly containers: readonly RenderedContainer[];
    readonly initContainers?: readonly RenderedContainer[];
    readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** The pods in a manifest: that of a pod template, of a Job, or of an object that the program does not have yet. */
export function findPodSpecs(manifest: Manifest): readonly RenderedPodSpec[] {
    return findSpecs(manifest);
}

function findSpecs(value: unknown): readonly RenderedPodSpec[] {
    if (Array.isArray(value)) {
        return value.flatMap(findSpecs);
    }
    if (!isRecord(value)) {
        return [];
    }
    return isPodSpec(value) ? [value] : Object.values(value).flatMap(findSpecs);
}

function isPodSpec(value: unknown): value is RenderedPodSpec {
    return isRecord(value) && Array.isArray(value.containers);
}

/** All containers of a pod. */
export function listContainers({ containers, initContainers = [] }: RenderedPodSpec): readonly RenderedContainer[] {
    return [...initContainers, ...containers];
}
