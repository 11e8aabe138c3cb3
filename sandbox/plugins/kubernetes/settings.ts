import type { JsonObject } from "../shared/json";
import { annotationOf } from "./object";

/** Of the official plugin. */
const DEFAULT_TIMEOUT_S = 600;

/** `pulumi.com/skipAwait`: nobody waits for this object. */
export function skipsAwait(inputs: JsonObject): boolean {
    return annotationOf(inputs, "pulumi.com/skipAwait") === "true";
}

/**
 * How long to wait, in milliseconds: customTimeouts of the resource, else `pulumi.com/timeoutSeconds`, else 10 minutes.
 *
 * @param customTimeout In seconds; 0 is none.
 */
export function timeoutOf(inputs: JsonObject, customTimeout: number): number {
    const annotated = Number(annotationOf(inputs, "pulumi.com/timeoutSeconds"));
    const seconds = [customTimeout, annotated, DEFAULT_TIMEOUT_S].find((value) => value > 0) ?? DEFAULT_TIMEOUT_S;
    return seconds * 1000;
}
