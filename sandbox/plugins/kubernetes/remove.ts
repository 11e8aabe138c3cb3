import { at, isList, type JsonObject, objectsAt, textAt } from "../shared/json";
import { revealObject } from "../shared/properties";
import type { DeleteRequest } from "../shared/provider";
import { isNotFound } from "./client";
import { type Context, patienceFor } from "./context";
import { annotationOf, describe, parseId, typeOf } from "./object";
import { texts } from "./ready/common";
import { NotReadyError, waitUntilGone } from "./wait";

/** Kinds that own pods. */
const WORKLOADS = /^(apps|batch)\//;

/** Deletes the object and waits till it and what it owns are gone, skipAwait or not: a replacement may follow. */
export async function remove(request: DeleteRequest, context: Context): Promise<void> {
    const { id, urn, timeout } = request;
    const { cluster, log } = context;
    const state = revealObject(request.outputs);
    const { name, namespace } = parseId(id);
    const location = await cluster.locate(typeOf(state, urn), name, namespace);
    if (location === undefined) {
        return;
    }
    if (context.applied.has(location.path)) {
        log.info(urn, `kept ${id}: this update has just applied an object of that name`);
        return;
    }
    const live = await cluster.get(location);
    if (live === undefined) {
        return;
    }
    const query = { propagationPolicy: propagationOf(state) };
    await cluster.client.request({ method: "DELETE", path: location.path, query }).catch((error: unknown) => {
        if (!isNotFound(error)) {
            throw error;
        }
    });
    const patience = patienceFor(context, urn, state, timeout);
    await waitUntilGone(cluster, location, live, patience, blockersOf).catch((error: unknown) => {
        throw error instanceof NotReadyError ? new Error(error.message) : error;
    });
}

/** Foreground waits for the pods of a workload; the rest would only wait for the garbage collector's next round. */
export function propagationOf(object: JsonObject): string {
    const asked = annotationOf(object, "pulumi.com/deletionPropagationPolicy")?.toLowerCase();
    const policies = { foreground: "Foreground", background: "Background", orphan: "Orphan" };
    const apiVersion = textAt(object, "apiVersion") ?? "";
    const fallback = WORKLOADS.test(apiVersion) ? policies.foreground : policies.background;
    return asked === "foreground" || asked === "background" || asked === "orphan" ? policies[asked] : fallback;
}

/** What holds up a deletion, as the object itself says it. */
export function blockersOf(live: JsonObject): readonly string[] {
    const listed = at(live, "metadata", "finalizers");
    // That one only says that the garbage collector is at work.
    const finalizers = texts(isList(listed) ? listed.filter((item) => item !== "foregroundDeletion") : []);
    const conditions = objectsAt(live, "status", "conditions")
        .filter((condition) => condition.status === "True" && (textAt(condition, "type") ?? "").startsWith("Namespace"))
        .flatMap((condition) => textAt(condition, "message") ?? []);
    const held = finalizers === "" ? [] : [`${describe(live)} has finalizers ${finalizers}`];
    return [...conditions, ...held];
}
