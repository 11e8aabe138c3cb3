import type { JsonObject } from "../../shared/json";

/** Whether an object does its work, judged from a snapshot of it and of what belongs to it. */
export type Readiness =
    | { readonly state: "ready" }
    /** Reasons: the most telling one first. */
    | { readonly state: "waiting"; readonly reasons: readonly string[] }
    | { readonly state: "failed"; readonly reasons: readonly string[] };

export const READY: Readiness = { state: "ready" };

export function waiting(...reasons: readonly string[]): Readiness {
    return { state: "waiting", reasons };
}

export function failed(...reasons: readonly string[]): Readiness {
    return { state: "failed", reasons };
}

export type RelatedKind = "pods" | "replicaSets" | "endpointSlices" | "storageClasses";

/** What belongs to an object, as far as its rule asked for it. */
export type Related = Readonly<Partial<Record<RelatedKind, readonly JsonObject[]>>>;

/** What to list before a rule can judge. */
export interface RelatedQuery {
    readonly as: RelatedKind;
    readonly path: string;
    readonly labelSelector?: string;
}

/** When an object of one kind is ready. */
export interface Rule {
    readonly needs: (object: JsonObject) => readonly RelatedQuery[];
    readonly evaluate: (object: JsonObject, related: Related) => Readiness;
}
