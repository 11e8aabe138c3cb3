import { isList, type Json, type JsonObject, numberAt, objectAt, objectsAt, textAt } from "../../shared/json";
import { namespaceOf } from "../object";
import type { RelatedKind, RelatedQuery } from "./readiness";

export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
    return objectsAt(object, "status", "conditions").find((condition) => condition.type === type);
}

export function messageOf(condition: JsonObject): string {
    return textAt(condition, "message") ?? textAt(condition, "reason") ?? "no reason given";
}

/** The controller has not looked at the newest version yet: its status speaks of an older one. */
export function isStale(object: JsonObject): boolean {
    return (numberAt(object, "status", "observedGeneration") ?? 0) < (numberAt(object, "metadata", "generation") ?? 0);
}

export function ownedBy(candidates: readonly JsonObject[] | undefined, owner: JsonObject): readonly JsonObject[] {
    const uid = textAt(owner, "metadata", "uid");
    return (candidates ?? []).filter((candidate) =>
        objectsAt(candidate, "metadata", "ownerReferences").some((reference) => reference.uid === uid),
    );
}

const PATHS: Readonly<Record<Exclude<RelatedKind, "storageClasses">, readonly [api: string, plural: string]>> = {
    pods: ["/api/v1", "pods"],
    replicaSets: ["/apis/apps/v1", "replicasets"],
    endpointSlices: ["/apis/discovery.k8s.io/v1", "endpointslices"],
};

/** The objects in the same namespace with these labels. */
export function listBeside(
    object: JsonObject,
    kind: Exclude<RelatedKind, "storageClasses">,
    labelSelector: string,
): RelatedQuery {
    const [api, plural] = PATHS[kind];
    return { as: kind, path: `${api}/namespaces/${namespaceOf(object) ?? "default"}/${plural}`, labelSelector };
}

/** A label selector as a query takes it: `app=web,tier in (a,b),!old`. */
export function selectorText(selector: JsonObject): string {
    const labels = Object.entries(objectAt(selector, "matchLabels")).map(([key, value]) => `${key}=${texts([value])}`);
    const expressions = objectsAt(selector, "matchExpressions").map((expression) => {
        const key = textAt(expression, "key") ?? "";
        const list = `(${texts(expression.values)})`;
        const operator = textAt(expression, "operator");
        if (operator === "In" || operator === "NotIn") {
            return `${key} ${operator.toLowerCase()} ${list}`;
        }
        return operator === "DoesNotExist" ? `!${key}` : key;
    });
    return [...labels, ...expressions].join(",");
}

/** The texts of a list, with commas. */
export function texts(list: Json | undefined): string {
    return isList(list) ? list.filter((item) => typeof item === "string").join(",") : "";
}
