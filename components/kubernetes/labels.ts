import { imageVersionLabel } from "../../config/types/image";
import type { LabelSet } from "../../config/types/labels";
import type { NamespaceSettings } from "../../config/schema/schema";

export interface Labels {
    /** Never changes during the life of a component, because a Deployment's selector is immutable. */
    readonly selector: Readonly<Record<string, string>>;
    /** The labels that do not depend on the image. The template of a volume claim is immutable too. */
    readonly stable: Readonly<Record<string, string>>;
    /** The recommended labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
    readonly all: Readonly<Record<string, string>>;
}

/** Labels of every object of the stack, including the Namespace. */
export const STACK_LABELS = {
    "app.kubernetes.io/part-of": "otel-stack",
    "app.kubernetes.io/managed-by": "pulumi",
} as const;

export interface LabelArgs {
    /** Name of the workload, for label selectors. */
    readonly name: string;
    /** Its role in the stack, such as `collector` or `trace-store`. */
    readonly component: string;
    /** Its tag becomes the version label. */
    readonly image: string;
}

/** Selects the pods of the named workload, and no others in its Namespace. */
export function selectorFor(name: string): Labels["selector"] {
    return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name };
}

export function labelsFor({ name, component, image }: LabelArgs): Labels {
    const selector = selectorFor(name);
    const version = imageVersionLabel(image);
    const stable = stableLabels({ name, component });
    return {
        selector,
        stable,
        all: { ...stable, ...(version === "" ? {} : { "app.kubernetes.io/version": version }) },
    };
}

/** The labels of an object that belongs to no image. */
export function stableLabels({ name, component }: Omit<LabelArgs, "image">): Labels["stable"] {
    return { ...selectorFor(name), ...STACK_LABELS, "app.kubernetes.io/component": component };
}

/** Labels of a Namespace, including the Pod Security Standards for its pods. */
export function namespaceLabels(name: string, { enforce, warn }: NamespaceSettings["podSecurity"]): LabelSet {
    return {
        ...STACK_LABELS,
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/component": "namespace",
        "pod-security.kubernetes.io/enforce": enforce,
        "pod-security.kubernetes.io/warn": warn,
    };
}
