import * as z from "zod";
import { isConvertedDate } from "./hints";
import { IMAGE_PATTERN } from "./image";
import { tryParseCpu, tryParseDuration, tryParseSize, roundFloatNoise } from "./units";

/**
 * The value types of settings. Each has the text that follows "must be" in the message for an invalid value, and by
 * `describe` the name of the type in docs/reference/settings.md.
 */

/** Parses numbers and booleans that `pulumi config set` has stored as text. */
function parseScalarText(value: unknown): unknown {
    if (typeof value !== "string") {
        return value;
    }
    const text = value.trim();
    // Text with leading zeros is rejected: YAML 1.1 reads 010 as eight, other parsers as ten.
    return text === "true" || text === "false" || /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)
        ? (JSON.parse(text) as unknown)
        : value;
}

/** YAML reads `cpu: 1` as a number, and Kubernetes manifests allow that. */
function stringifyNumber(value: unknown): unknown {
    return typeof value === "number" ? String(value) : value;
}

export function stringType(typeName: string, expected: string, accepts: (value: string) => boolean): z.ZodType<string> {
    const error = `must be ${expected}`;
    return z.preprocess(stringifyNumber, z.string({ error }).refine(accepts, { error })).describe(typeName);
}

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

/** A duration with its unit. */
export function duration(min: string, max: string): z.ZodType<string> {
    const [from, to] = [tryParseDuration(min), tryParseDuration(max)];
    return stringType(`duration, ${min} to ${max}`, `a duration from ${min} to ${max}, such as 30s or 5m`, (value) =>
        isBetween(tryParseDuration(value), from ?? 0, to ?? Infinity),
    );
}

/** Maximum length of a DNS label (RFC 1123). */
export const DNS_LABEL_LENGTH = 63;

/** The name of a Namespace or Service (RFC 1123). */
export const dnsLabel = stringType(
    "DNS label",
    "a DNS label (a-z, 0-9 and -, at most 63 characters, a letter or digit at both ends)",
    (value) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(value),
);

/** The name of an object that may have dots, such as a StorageClass (RFC 1123). */
export const dnsSubdomain = stringType(
    "DNS subdomain",
    "a DNS subdomain (a-z, 0-9, - and ., at most 253 characters, a letter or digit at both ends)",
    isDnsSubdomain,
);

/** The class of a claim. The empty one, unlike no class, never means the cluster's default. */
export const storageClassName = stringType(
    "DNS subdomain, or empty",
    "the name of a StorageClass (a-z, 0-9, - and ., at most 253 characters, a letter or digit at both ends), or empty for volumes without a class",
    (value) => value === "" || isDnsSubdomain(value),
);

function isDnsSubdomain(value: string): boolean {
    return value.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(value);
}

/** A hostname for Ingresses and routes: not an IP address, no wildcard. */
export const hostname = stringType(
    "hostname",
    "a hostname such as grafana.example.com, without wildcards and not an IP address",
    (value) => isDnsSubdomain(value) && !/(?:^|\.)\d+$/.test(value),
);

export const dnsLabels = z
    .array(dnsLabel, { error: "must be a list of names, such as [kube-system]" })
    .describe("list of DNS labels");

/** An image reference that does not change its meaning, unlike one with the tag latest. */
export const image = stringType(
    "image",
    "an image with a tag other than latest, or a digest, such as name:1.2.3 or name@sha256:...",
    (value) => {
        const match = IMAGE_PATTERN.exec(value);
        return match !== null && match.groups?.tag !== "latest";
    },
);

export const booleanType = z
    .preprocess(parseScalarText, z.boolean({ error: "must be true or false" }))
    .describe("boolean");

export function integer(min: number, max: number): z.ZodType<number> {
    const error = `must be an integer from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.int({ error }).min(min, { error }).max(max, { error }))
        .describe(`integer, ${min} to ${max}`);
}

export function positiveNumber(max: number): z.ZodType<number> {
    const error = `must be a number above 0 and at most ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).positive({ error }).max(max, { error }))
        .describe(`number, above 0 and at most ${max}`);
}

export function numberBetween(min: number, max: number): z.ZodType<number> {
    const error = `must be a number from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).min(min, { error }).max(max, { error }))
        .describe(`number, ${min} to ${max}`);
}

export function enumType<const Values extends readonly [string, ...string[]]>(
    values: Values,
): z.ZodType<Values[number]> {
    return z.enum(values, { error: `must be one of ${values.join(", ")}` }).describe(`one of ${values.join(", ")}`);
}

/** A list of some of these values, without duplicates. */
export function listType<const Values extends readonly [string, ...string[]]>(
    values: Values,
): z.ZodType<readonly Values[number][]> {
    return customType(
        `list of ${values.join(", ")}`,
        `a list of any of ${values.join(", ")}, without duplicates`,
        (value): value is Values[number][] =>
            isArrayOf((item): item is Values[number] => values.some((known) => known === item))(value) &&
            new Set(value).size === value.length,
    );
}

/** Labels that an object must have, all of them. */
export type LabelSet = Readonly<Record<string, string>>;

const LABEL_NAME_PATTERN = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/** Rejects an empty set, which would select every object. */
function isLabelSet(value: unknown): value is LabelSet {
    const entries = typeof value === "object" && !Array.isArray(value) ? Object.entries(value ?? {}) : [];
    return entries.length > 0 && entries.every(([key, text]) => isLabelKey(key) && isLabelValue(text));
}

function isAnnotations(value: unknown): value is Readonly<Record<string, string>> {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.entries(value).every(
            ([key, text]) => isLabelKey(key) && typeof text === "string" && !isConvertedDate(text),
        )
    );
}

function isLabelKey(key: string): boolean {
    const [name = "", prefix, ...more] = key.split("/").reverse();
    return LABEL_NAME_PATTERN.test(name) && (prefix === undefined || isDnsSubdomain(prefix)) && more.length === 0;
}

function isLabelValue(value: unknown): boolean {
    return typeof value === "string" && (value === "" || LABEL_NAME_PATTERN.test(value));
}

function isArrayOf<T>(item: (value: unknown) => value is T): (value: unknown) => value is T[] {
    return (value): value is T[] => Array.isArray(value) && value.every(item);
}

function isCidr(value: unknown): value is string {
    return z.union([z.cidrv4(), z.cidrv6()]).safeParse(value).success;
}

export function customType<T>(
    typeName: string,
    expected: string,
    accepts: (value: unknown) => value is T,
): z.ZodType<T> {
    return z.custom<T>(accepts, { error: `must be ${expected}` }).describe(typeName);
}

/** Labels that select pods or Namespaces. */
export const labelSet = customType(
    "map of labels",
    "a map of at least one label with a string value, such as { team: shop }",
    isLabelSet,
);

/** Label sets of which an object must match at least one. */
export const labelSets = customType(
    "list of maps of labels",
    "a list of maps of at least one label with a string value, such as [{ team: shop }]",
    isArrayOf(isLabelSet),
);

export const annotations = customType(
    "map of annotations",
    "a map of annotations with string values, such as { example.com/team: shop }",
    isAnnotations,
);

/** Names of VictoriaLogs fields, which it reads from a header, separated by commas. */
export const fieldNames = customType(
    "list of field names",
    "a list of field names (letters, digits, _, ., - and /, at most 128 characters), such as [message]",
    isArrayOf((value): value is string => typeof value === "string" && /^[\w./-]{1,128}$/.test(value)),
);

/** For a NetworkPolicy, in which an empty list of CIDRs allows every address. */
export const nonEmptyCidrs = customType(
    "list of CIDRs",
    "a list of at least one CIDR, such as [203.0.113.0/24]",
    (value): value is string[] => isArrayOf(isCidr)(value) && value.length > 0,
);

export const cidrs = customType("list of CIDRs", "a list of CIDRs, such as [169.254.20.10/32]", isArrayOf(isCidr));
