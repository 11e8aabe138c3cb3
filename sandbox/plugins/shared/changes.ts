import { isDeepStrictEqual } from "node:util";
import { isList, isObject, type Json, type JsonObject } from "./json";
import { reveal } from "./properties";
import type { ChangeKind } from "./provider";

/** Every property path at which two documents differ, as deep as they can be compared; secrets count by their values. */
export function changesBetween(olds: JsonObject, news: JsonObject): Map<string, ChangeKind> {
    const changes = new Map<string, ChangeKind>();
    compare(reveal(olds), reveal(news), "", changes);
    return changes;
}

function compare(
    before: Json | undefined,
    after: Json | undefined,
    path: string,
    changes: Map<string, ChangeKind>,
): void {
    if (before === undefined || after === undefined) {
        if (before !== after) {
            changes.set(path, before === undefined ? "add" : "delete");
        }
    } else if (isObject(before) && isObject(after)) {
        for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
            compare(before[key], after[key], joinPath(path, key), changes);
        }
    } else if (isList(before) && isList(after)) {
        for (let index = 0; index < Math.max(before.length, after.length); index++) {
            compare(before[index], after[index], `${path}[${index}]`, changes);
        }
    } else if (!isDeepStrictEqual(before, after)) {
        changes.set(path, "update");
    }
}

/** `data` and `config.yaml` to `data["config.yaml"]`, as Pulumi writes property paths. */
export function joinPath(path: string, key: string): string {
    if (/[."[\]]/.test(key)) {
        return `${path}[${JSON.stringify(key)}]`;
    }
    return path === "" ? key : `${path}.${key}`;
}
