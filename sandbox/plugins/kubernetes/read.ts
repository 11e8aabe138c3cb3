import { isDeepStrictEqual } from "node:util";
import { InitError } from "../shared/errors";
import { isList, isObject, type Json, type JsonObject, objectAt } from "../shared/json";
import { markSecrets, revealObject } from "../shared/properties";
import type { ReadRequest, ReadResult } from "../shared/provider";
import { fieldManagerOf, markSecretKind, outputsOf } from "./checkpoint";
import type { Location } from "./cluster";
import type { Context } from "./context";
import { describe, idOf, parseId, typeOf, withoutServerFields } from "./object";
import { ruleFor } from "./ready/rules";
import { skipsAwait } from "./settings";
import { judge } from "./wait";

/** The object as it is now, and which of the program's inputs no longer hold; undefined when it is gone. */
export async function read(request: ReadRequest, context: Context): Promise<ReadResult | undefined> {
    const { id, urn, inputs, outputs } = request;
    const { cluster } = context;
    const imported = Object.keys(inputs).length === 0;
    const wanted = revealObject(inputs);
    const type = typeOf(imported ? revealObject(outputs) : wanted, urn);
    const { name, namespace } = parseId(id);
    const location = await cluster.locate(type, name, namespace);
    const live = location === undefined ? undefined : await cluster.get(location);
    if (location === undefined || live === undefined) {
        return undefined;
    }
    const object: JsonObject = { ...live, apiVersion: type.apiVersion, kind: type.kind };
    const manager = fieldManagerOf(urn, wanted, outputs);
    const found = imported
        ? withoutServerFields(object)
        : liveInputs(wanted, object, await wouldBe(context, location, wanted, manager));
    const result = {
        id: idOf(object),
        inputs: markSecretKind(markSecrets(found, inputs)),
        outputs: outputsOf(object, inputs, manager),
    };
    await complainIfNotReady(result, object, context, urn);
    return result;
}

/**
 * The object as applying the inputs again would leave it, so that two ways to write one value (0.01 and 10m) are no
 * difference; undefined when that would be refused.
 */
async function wouldBe(
    { cluster }: Context,
    location: Location,
    wanted: JsonObject,
    manager: string,
): Promise<JsonObject | undefined> {
    return await cluster.apply(location, wanted, { manager, force: true, dryRun: true }).catch(() => undefined);
}

/** The inputs, with what the cluster holds instead wherever applying them again would change it. */
export function liveInputs(inputs: JsonObject, live: JsonObject, applied: JsonObject | undefined): JsonObject {
    return objectAt(merge(inputs, live, applied ?? inputs));
}

function merge(input: Json, live: Json | undefined, applied: Json | undefined): Json | undefined {
    if (isDeepStrictEqual(live, applied)) {
        return input;
    }
    if (isObject(input) && isObject(live)) {
        const before = objectAt(applied);
        return Object.fromEntries(
            Object.entries(input).flatMap(([key, item]): [string, Json][] => {
                const value = merge(item, live[key], before[key]);
                return value === undefined ? [] : [[key, value]];
            }),
        );
    }
    if (isList(input) && isList(live) && isList(applied) && input.length === live.length) {
        return input.flatMap((item, index) => merge(item, live[index], applied[index]) ?? []);
    }
    return live;
}

async function complainIfNotReady(result: ReadResult, live: JsonObject, context: Context, urn: string): Promise<void> {
    const rule = ruleFor(typeOf(live, urn));
    if (rule === undefined || skipsAwait(live)) {
        return;
    }
    const readiness = await judge(context.cluster, rule, live);
    if (readiness.state === "ready") {
        return;
    }
    const headline = `${describe(live)} is not ready`;
    const message = `${headline}: ${readiness.reasons.join("; ")}`;
    throw new InitError(message, result.id, result.outputs, [headline, ...readiness.reasons], result.inputs);
}
