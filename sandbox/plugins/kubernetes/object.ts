import { type JsonObject, textAt, without } from "../shared/json";
import { typeOfUrn } from "../shared/provider";

export interface GroupVersionKind {
    /** As objects write it: `v1`, `apps/v1`. */
    readonly apiVersion: string;
    readonly kind: string;
}

export function kindOf(object: JsonObject): string {
    return textAt(object, "kind") ?? "";
}

export function nameOf(object: JsonObject): string {
    return textAt(object, "metadata", "name") ?? "";
}

export function namespaceOf(object: JsonObject): string | undefined {
    return textAt(object, "metadata", "namespace");
}

/** Pulumi's id of an object: `namespace/name`, or `name` where there is no namespace. */
export function idOf(object: JsonObject): string {
    const namespace = namespaceOf(object);
    return namespace === undefined ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

export function parseId(id: string): { readonly namespace?: string; readonly name: string } {
    const [first = "", second] = id.split("/");
    return second === undefined ? { name: first } : { namespace: first, name: second };
}

/** `Deployment playground-otel/jaeger`, as messages name it. */
export function describe(object: JsonObject): string {
    return `${kindOf(object)} ${idOf(object)}`;
}

export function annotationOf(object: JsonObject, name: string): string | undefined {
    return textAt(object, "metadata", "annotations", name);
}

export function typeOf(object: JsonObject, urn: string): GroupVersionKind {
    const apiVersion = textAt(object, "apiVersion");
    const kind = textAt(object, "kind");
    return apiVersion !== undefined && kind !== undefined ? { apiVersion, kind } : typeFromUrn(urn);
}

/** `kubernetes:apps/v1:Deployment`; the core group is written `core/v1`. */
export function typeFromUrn(urn: string): GroupVersionKind {
    const [, apiVersion = "", kind = ""] = typeOfUrn(urn).split(":");
    return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

/** What the API server sets and nobody asks for. */
export function withoutServerFields(object: JsonObject): JsonObject {
    const fields = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    return fields.reduce<JsonObject>((rest, field) => without(rest, "metadata", field), without(object, "status"));
}
