import { randomInt } from "node:crypto";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { isRecord, isUnknown, type Properties, unwrapSecrets } from "./property-values";

/** Arguments of a random string. Names and defaults are those of @pulumi/random. */
export interface StringArgs {
    readonly length: number;
    readonly upper: boolean;
    readonly minUpper: number;
    readonly lower: boolean;
    readonly minLower: number;
    readonly numeric: boolean;
    readonly minNumeric: number;
    readonly special: boolean;
    readonly minSpecial: number;
    /** Replaces the default special characters unless empty. */
    readonly overrideSpecial: string;
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const SWITCHES = ["upper", "lower", "numeric", "special"] as const;
const MINIMUMS = ["minUpper", "minLower", "minNumeric", "minSpecial"] as const;
const KNOWN_PROPERTIES = new Set<string>([...SWITCHES, ...MINIMUMS, "length", "number", "overrideSpecial", "keepers"]);

export function validateArgs(inputs: Properties): readonly CheckFailure[] {
    const failures = Object.entries(inputs).flatMap(([property, value]) => {
        const reason = isUnknown(value) ? undefined : findIssue(property, unwrapSecrets(value));
        return reason === undefined ? [] : [{ property, reason }];
    });
    if (inputs.length === undefined) {
        failures.push({ property: "length", reason: "is required" });
    }
    return failures.length > 0 || Object.values(inputs).some(isUnknown)
        ? failures
        : validateCombination(resolveArgs(inputs));
}

function findIssue(property: string, value: unknown): string | undefined {
    if (!KNOWN_PROPERTIES.has(property)) {
        return "is not an argument of this resource";
    }
    if (property === "length") {
        return isCount(value) && value >= 1 ? undefined : "must be a whole number of at least 1";
    }
    if (property.startsWith("min")) {
        return isCount(value) ? undefined : "must be a whole number of at least 0";
    }
    if (property === "overrideSpecial") {
        return typeof value === "string" ? undefined : "must be a string";
    }
    if (property === "keepers") {
        return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "must be an object";
    }
    return typeof value === "boolean" ? undefined : "must be true or false";
}

function validateCombination(args: StringArgs): readonly CheckFailure[] {
    const minimum = args.minUpper + args.minLower + args.minNumeric + args.minSpecial;
    if (args.length < minimum) {
        const reason = `must be at least minUpper + minLower + minNumeric + minSpecial = ${minimum}, not ${args.length}`;
        return [{ property: "length", reason }];
    }
    if (resolveAlphabet(args) === "") {
        return [{ property: "", reason: "at least one of upper, lower, numeric and special must be true" }];
    }
    return [];
}

/** Applies the defaults. Expects validated inputs. */
export function resolveArgs(inputs: Properties): StringArgs {
    const flag = (name: string, fallback = true): boolean => parseBoolean(inputs[name]) ?? fallback;
    const count = (name: string): number => {
        const value = unwrapSecrets(inputs[name] ?? 0);
        return isCount(value) ? value : 0;
    };
    const override = unwrapSecrets(inputs.overrideSpecial ?? "");
    return {
        length: count("length"),
        upper: flag("upper"),
        minUpper: count("minUpper"),
        lower: flag("lower"),
        minLower: count("minLower"),
        // `number` is the deprecated name.
        numeric: flag("numeric", flag("number")),
        minNumeric: count("minNumeric"),
        special: flag("special"),
        minSpecial: count("minSpecial"),
        overrideSpecial: typeof override === "string" ? override : "",
    };
}

/** Generates a string from the operating system's random source. Characters of a set have equal probability. */
export function generateString(args: StringArgs): string {
    const special = resolveSpecial(args);
    const all = resolveAlphabet(args);
    const minimums = [
        ...pick(UPPER, args.minUpper),
        ...pick(LOWER, args.minLower),
        ...pick(NUMERIC, args.minNumeric),
        ...pick(special, args.minSpecial),
    ];
    return shuffle([...minimums, ...pick(all, args.length - minimums.length)]).join("");
}

function resolveAlphabet(args: StringArgs): string {
    const { upper, lower, numeric, special } = args;
    return [upper && UPPER, lower && LOWER, numeric && NUMERIC, special && resolveSpecial(args)]
        .filter(Boolean)
        .join("");
}

function resolveSpecial({ overrideSpecial }: StringArgs): string {
    return overrideSpecial === "" ? SPECIAL : overrideSpecial;
}

function pick(characters: string, count: number): readonly string[] {
    return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** Shuffles with the Fisher-Yates algorithm, so that required characters have random positions. */
function shuffle(characters: readonly string[]): readonly string[] {
    const result = [...characters];
    for (let last = result.length - 1; last > 0; last--) {
        const other = randomInt(last + 1);
        const swapped = result[last] ?? "";
        result[last] = result[other] ?? "";
        result[other] = swapped;
    }
    return result;
}

function parseBoolean(value: unknown): boolean | undefined {
    const plain = unwrapSecrets(value);
    return typeof plain === "boolean" ? plain : undefined;
}

function isCount(value: unknown): value is number {
    return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** Returns the properties whose change requires a new string. An explicit default equals an omitted argument. */
export function resolveIdentity(inputs: Properties): Properties {
    const keepers = unwrapSecrets(inputs.keepers ?? {});
    return { ...resolveArgs(inputs), keepers: isRecord(keepers) ? keepers : {} };
}
