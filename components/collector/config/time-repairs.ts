/**
 * March 1973 in nanoseconds. An earlier time is missing, or its unit is not nanoseconds.
 */
export const MIN_UNIX_NANO = "100000000000000000";

/** How many nanoseconds the other units of time have, and the range of the times from 2017 to 2096 in them. */
const UNITS = [
    { nanoseconds: "1000", from: "1500000000000000", to: "4000000000000000" },
    { nanoseconds: "1000000", from: "1500000000000", to: "4000000000000" },
    { nanoseconds: "1000000000", from: "1500000000", to: "4000000000" },
] as const;

/** A condition: whether that time is a time of today in microseconds, milliseconds or seconds. */
export function hasOtherUnit(path: string): string {
    return `(${UNITS.map((unit) => isInUnit(path, unit)).join(" or ")})`;
}

/** Statements that convert the times of an item to nanoseconds. The first one finds the unit. */
export function convertToNanoseconds(cache: string, paths: readonly [string, ...string[]]): readonly string[] {
    const factor = `${cache}["nanoseconds"]`;
    return [
        ...UNITS.map((unit) => `set(${factor}, ${unit.nanoseconds}) where ${isInUnit(paths[0], unit)}`),
        ...paths.map((path) => `set(${path}, ${path} * ${factor}) where ${hasOtherUnit(path)}`),
    ];
}

function isInUnit(path: string, { from, to }: (typeof UNITS)[number]): string {
    return `${path} >= ${from} and ${path} < ${to}`;
}
