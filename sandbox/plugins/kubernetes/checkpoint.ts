import { createHash } from "node:crypto";
import { at, isObject, type JsonObject, objectAt, textAt, without } from "../shared/json";
import { markSecrets, secret, UNKNOWN } from "../shared/properties";
import { annotationOf } from "./object";

/** Keys that the official plugin keeps beside an object, so that it can take over a stack of ours and we one of its. */
const INPUTS = "__inputs";
const API_VERSION = "__initialApiVersion";
const FIELD_MANAGER = "__fieldManager";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What Pulumi keeps of an object: all of it but the bookkeeping of its field managers, secrets marked. */
export function outputsOf(live: JsonObject, inputs: JsonObject, manager: string): JsonObject {
    const object = without(without(live, "metadata", "managedFields"), "metadata", "annotations", LAST_APPLIED);
    return {
        ...markSecretKind(markSecrets(object, inputs)),
        [INPUTS]: markSecretKind(inputs),
        [API_VERSION]: textAt(inputs, "apiVersion") ?? textAt(live, "apiVersion") ?? "",
        [FIELD_MANAGER]: manager,
    };
}

/** The content of a Secret is secret, whatever the program said. */
export function markSecretKind(object: JsonObject): JsonObject {
    if (object.kind !== "Secret") {
        return object;
    }
    const { data, stringData } = object;
    return {
        ...object,
        ...(data !== undefined && { data: secret(data) }),
        ...(stringData !== undefined && { stringData: secret(stringData) }),
    };
}

/** What a dry run answered, less what only the real run can tell. */
export function previewOutputs(dryRun: JsonObject, inputs: JsonObject, created: boolean): JsonObject {
    const metadata = { ...objectAt(dryRun, "metadata"), resourceVersion: UNKNOWN, generation: UNKNOWN };
    const born = created ? { uid: UNKNOWN, creationTimestamp: UNKNOWN } : {};
    const object: JsonObject = { ...dryRun, metadata: { ...metadata, ...born }, status: UNKNOWN };
    if (!created || dryRun.kind !== "Service" || at(inputs, "spec", "clusterIP") !== undefined) {
        return object;
    }
    return { ...object, spec: { ...objectAt(dryRun, "spec"), clusterIP: UNKNOWN, clusterIPs: UNKNOWN } };
}

/** The same where no dry run could be done: what the program asks for, the rest unknown. */
export function unknownOutputs(inputs: JsonObject, created: boolean): JsonObject {
    const metadata = at(inputs, "metadata");
    return isObject(metadata) ? previewOutputs(inputs, inputs, created) : inputs;
}

/** The name under which fields are applied: one for each resource, the same in every run. */
export function fieldManagerOf(urn: string, inputs: JsonObject, state: JsonObject): string {
    const hash = createHash("sha256").update(urn).digest("hex").slice(0, 8);
    return (
        annotationOf(inputs, "pulumi.com/patchFieldManager") ??
        textAt(state, FIELD_MANAGER) ??
        `pulumi-kubernetes-${hash}`
    );
}
