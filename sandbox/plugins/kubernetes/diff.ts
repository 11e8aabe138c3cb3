import { changesBetween } from "../shared/changes";
import { at, isList, isObject, type Json, type JsonObject, objectAt, textAt } from "../shared/json";
import { isSecret, isUnknown, revealObject } from "../shared/properties";
import type { ChangeKind, DiffRequest, DiffResult } from "../shared/provider";
import { fieldManagerOf } from "./checkpoint";
import { ApiError } from "./client";
import type { Cluster } from "./cluster";
import { annotationOf, kindOf, parseId, typeOf } from "./object";
import { contentReplaces, replacesFor } from "./replacement";
import { evaluateJob } from "./ready/job";
import { skipsAwait } from "./settings";

export interface DiffOptions {
    /** Undefined while the provider's arguments are unknown: then nobody can be asked. */
    readonly cluster: Cluster | undefined;
    /** `v1/ConfigMap` and `v1/Secret`, if the provider is set to change their content in place. */
    readonly mutable: ReadonlySet<string>;
}

/** Compares what the program wants with what it wanted, and asks the API server whether it can change in place. */
export async function diff(request: DiffRequest, { cluster, mutable }: DiffOptions): Promise<DiffResult> {
    const changes = changesBetween(request.oldInputs, request.news);
    const news = revealObject(request.news);
    if (changes.size === 0) {
        const unready = cluster !== undefined && (await mustRunAgain(cluster, news, request));
        return unready ? replaced(new Map([["status", "update"]]), ["status"]) : unchanged();
    }
    const moved = identityChanges(request, news, changes, cluster);
    if (moved.length > 0) {
        return { changes, replaces: moved, deleteBeforeReplace: false };
    }
    const { apiVersion, kind } = typeOf(news, request.urn);
    const type = `${apiVersion}/${kind}`;
    const content = mutable.has(type) ? [] : contentReplaces(type, changes);
    if (content.length > 0) {
        return replaced(changes, content);
    }
    return replaced(changes, cluster === undefined ? [] : await askServer(cluster, request, changes));
}

function unchanged(): DiffResult {
    return { changes: new Map(), replaces: [], deleteBeforeReplace: false };
}

/** The name stays, so the old object has to go before the new one can come. */
function replaced(changes: ReadonlyMap<string, ChangeKind>, replaces: readonly string[]): DiffResult {
    const missing = replaces.filter((path) => !changes.has(path)).map((path): [string, ChangeKind] => [path, "update"]);
    return { changes: new Map([...changes, ...missing]), replaces, deleteBeforeReplace: replaces.length > 0 };
}

function identityChanges(
    { id }: DiffRequest,
    news: JsonObject,
    changes: ReadonlyMap<string, ChangeKind>,
    cluster: Cluster | undefined,
): readonly string[] {
    const old = parseId(id);
    const name = at(news, "metadata", "name");
    const namespace = at(news, "metadata", "namespace") ?? cluster?.defaultNamespace;
    return [
        ...(name === old.name ? [] : ["metadata.name"]),
        ...(old.namespace === undefined || namespace === undefined || namespace === old.namespace
            ? []
            : ["metadata.namespace"]),
    ].filter((path) => changes.has(path) || changes.has("metadata"));
}

async function askServer(
    cluster: Cluster,
    { urn, oldInputs, oldOutputs, news }: DiffRequest,
    changes: ReadonlyMap<string, ChangeKind>,
): Promise<readonly string[]> {
    const wanted = revealObject(objectAt(fillUnknowns(news, oldInputs)));
    const location = await cluster.locateObject(wanted, typeOf(wanted, urn)).catch(() => undefined);
    if (location === undefined) {
        return [];
    }
    try {
        await cluster.apply(location, wanted, {
            manager: fieldManagerOf(urn, wanted, oldOutputs),
            force: true,
            dryRun: true,
        });
        return [];
    } catch (error) {
        // Anything else that is wrong is said by the update itself, which a preview dry-runs too.
        return error instanceof ApiError ? replacesFor(error.causes, changes) : [];
    }
}

/** Puts what was there before where the preview does not know yet, so that the API server can judge the rest. */
export function fillUnknowns(news: Json, olds: Json | undefined): Json | undefined {
    if (isUnknown(news)) {
        return isUnknown(olds) ? undefined : olds;
    }
    const before = isSecret(olds) ? olds.value : olds;
    if (isSecret(news)) {
        return fillUnknowns(news.value ?? null, before);
    }
    if (isList(news)) {
        return news.flatMap((item, index) => fillUnknowns(item, isList(before) ? before[index] : undefined) ?? []);
    }
    if (!isObject(news)) {
        return news;
    }
    return Object.fromEntries(
        Object.entries(news).flatMap(([key, item]): [string, Json][] => {
            const value = fillUnknowns(item, isObject(before) ? before[key] : undefined);
            return value === undefined ? [] : [[key, value]];
        }),
    );
}

/** A Job that failed never runs again; the next update has to make it anew, if anybody waits for it. */
async function mustRunAgain(cluster: Cluster, news: JsonObject, { id, urn }: DiffRequest): Promise<boolean> {
    const always = annotationOf(news, "pulumi.com/replaceUnready") === "true";
    if (kindOf(news) !== "Job" || (skipsAwait(news) && !always)) {
        return false;
    }
    const { name, namespace } = parseId(id);
    const location = await cluster.locate(typeOf(news, urn), name, namespace);
    const live = location === undefined ? undefined : await cluster.get(location);
    const state = live === undefined ? undefined : evaluateJob(live, {}).state;
    return state === "failed" || (always && state === "waiting" && textAt(live, "metadata", "uid") !== undefined);
}
