import { imageVersionLabel } from "../../config/types/image";
import type { LabelSet } from "../../config/types/values";
import type { NamespaceSettings } from "../../config/schema/schema";

export interface Labels {
    /** Never changes during the life of a component: a Deployment's selector is immutable. */
    readonly selector: Readonly<Record<string, string>>;
    /** Those, and what else stays the same whatever the image: a volume claim's template is immutable too. */
    readonly stable: Readonly<Record<string, string>>;
    /** The recommended labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
    readonly all: Readonly<Record<string, string>>;
}

/** What every object of the stack carries, the Namespace included. */
export const STACK_LABELS = {
    "app.kubernetes.io/part-of": "otel-stack",
    "app.kubernetes.io/managed-by": "pulumi",
} as const;

export interface LabelArgs {
    /** The workload's name, which people select by. */
    readonly name: string;
    /** Its part in the stack, such as `collector` or `trace-store`. */
    readonly component: string;
    /** The version label is its tag. */
    readonly image: string;
}

/** What selects the pods of the workload of that name, and no others of its Namespace. */
export function selectorFor(name: string): Labels["selector"] {
    return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}

export function labelsFor({ name, component, image }: LabelArgs): Labels {
    const selector = selectorFor(name);
    const version = imageVersionLabel(image);
    const stable = { ...selector, ...STACK_LABELS, "app.kubernetes.io/component": component };
    return {
        selector,
        stable,
        all: { ...stable, ...(version === "" ? {} : { "app.kubernetes.io/version": version }) },
    };
}

/** Of a Namespace, and the Pod Security Standards that it holds its pods to. */
export function namespaceLabels(name: string, { enforce, warn }: NamespaceSettings["podSecurity"]): LabelSet {
    return {
        ...STACK_LABELS,
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/component": "namespace",
        "pod-security.kubernetes.io/enforce": enforce,
        "pod-security.kubernetes.io/warn": warn,
    };
}
