import { BadRequest } from "./server";

/**
 * Returns a field of a request body.
 *
 * @param expected Description of valid values, for the error message.
 * @throws BadRequest when the value is not valid.
 */
export function parseField<T>(
    body: unknown,
    name: string,
    expected: string,
    accepts: (value: unknown) => value is T,
): T {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    if (!accepts(value)) {
        throw new BadRequest(`${name}: expected ${expected}`);
    }
    return value;
}

export function isText(value: unknown): value is string {
    return typeof value === "string" && value.length > 0 && value.length <= 100;
}

export function isAmount(value: unknown): value is number {
    return typeof value === "number" && Number.isFinite(value) && value > 0;
}

export function isCount(value: unknown): value is number {
    return Number.isInteger(value) && isAmount(value) && value <= 100;
}
