import type * as z from "zod";
import { roundFloatNoise, tryParseCpu, tryParseDuration, tryParseSize } from "./units";
import { stringType } from "./values";

function isBetween(value: number | undefined, min: number, max: number): boolean {
    return value !== undefined && value >= min && value <= max;
}

/** More than any machine has. Larger numbers overflow in some of the configured programs. */
const MAX_SIZE_BYTES = 2 ** 50;

/** An amount of memory or disk, above zero. Kubernetes rejects fractions of a byte, and the Collector ignores them. */
export const byteSize = stringType("size", "a size with a unit, in whole bytes, such as 256Mi", (value) => {
    const bytes = tryParseSize(value);
    return /[a-zA-Z]$/.test(value) && Number.isInteger(bytes) && isBetween(bytes, 1, MAX_SIZE_BYTES);
});

/** An amount of CPU, in the precision of Kubernetes. */
export const cpu = stringType("CPU quantity", "a CPU quantity in whole millicores, such as 250m or 1", (value) => {
    const cores = tryParseCpu(value);
    return isBetween(cores, 0.001, 1024) && Number.isInteger(roundFloatNoise((cores ?? 0) * 1000));
});

const DURATION_EXAMPLES = ["30s", "5m", "12h", "15d"];

/**
 * A duration with its unit.
 *
 * @param reason Why there is this maximum, for the message.
 */
export function duration(min: string, max: string, reason?: string): z.ZodType<string> {
    const [from, to] = [tryParseDuration(min), tryParseDuration(max)];
    const accepts = (value: string): boolean => isBetween(tryParseDuration(value), from ?? 0, to ?? Infinity);
    const examples = DURATION_EXAMPLES.filter(accepts).slice(0, 2);
    const expected = `a duration from ${min} to ${max}${examples.length === 0 ? "" : `, such as ${examples.join(" or ")}`}`;
    return stringType(
        `duration, ${min} to ${max}`,
        reason === undefined ? expected : `${expected}; ${reason}`,
        accepts,
    );
}
