import { changesBetween } from "./changes";
import type { JsonObject } from "./json";
import type { DiffResult } from "./provider";

/** A changed argument of the provider is an update of it and replaces nothing. */
export function configDiff(olds: JsonObject, news: JsonObject): DiffResult {
    return { changes: changesBetween(olds, news), replaces: [], deleteBeforeReplace: false };
}
