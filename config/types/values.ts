import * as z from "zod";
import { isConvertedDate } from "./hints";
import { IMAGE_PATTERN } from "./image";
import { tryParseCpu, tryParseDuration, tryParseSize, roundFloatNoise } from "./units";

/**
 * The kinds of value that settings have. Each says in one sentence what it expects; that sentence is the message when
 * a value is refused and, by `describe`, the type in docs/reference/settings.md.
 */

/** `pulumi config set` stores text where YAML has a number or a boolean: read it as what it says. */
function parseScalarText(value: unknown): unknown {
    if (typeof value !== "string") {
        return value;
    }
    const text = value.trim();
    // JSON has no leading zeros: YAML 1.1 reads 010 as eight, others as ten, so that such a text stays one and is refused.
    return text === "true" || text === "false" || /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)
        ? (JSON.parse(text) as unknown)
        : value;
}

/** YAML reads `cpu: 1` as a number where Kubernetes' own files allow it. */
function stringifyNumber(value: unknown): unknown {
    return typeof value === "number" ? String(value) : value;
}

export function stringType(typeName: string, expected: string, accepts: (value: string) => boolean): z.ZodType<string> {
    const error = `expected ${expected}`;
    return z.preprocess(stringifyNumber, z.string({ error }).refine(accepts, { error })).describe(typeName);
}

function isBetween(value: number | undefined, min: number, max: number): boolean {
    return value !== undefined && value >= min && value <= max;
}

/** More than any machine has. Beyond it numbers get too large for the programs that are configured with them. */
const MAX_SIZE_BYTES = 2 ** 50;

/** An amount of memory or disk. Kubernetes complains of a part of a byte, and the Collector drops it. */
export const byteSize = stringType("size", "a size in whole bytes, above zero, with a unit, such as 256Mi", (value) => {
    const bytes = tryParseSize(value);
    return /[a-zA-Z]$/.test(value) && Number.isInteger(bytes) && isBetween(bytes, 1, MAX_SIZE_BYTES);
});

/** An amount of CPU, above zero and not finer than Kubernetes counts. */
export const cpu = stringType("cpu", "an amount of CPU in whole thousandths, from 1m, such as 250m or 1", (value) => {
    const cores = tryParseCpu(value);
    return isBetween(cores, 0.001, 1024) && Number.isInteger(roundFloatNoise((cores ?? 0) * 1000));
});

/** A span of time with its unit. */
export function duration(min: string, max: string): z.ZodType<string> {
    const [from, to] = [tryParseDuration(min), tryParseDuration(max)];
    return stringType(
        `duration, ${min} to ${max}`,
        `a duration with a unit from ${min} to ${max}, such as 30s or 5m`,
        (value) => isBetween(tryParseDuration(value), from ?? 0, to ?? Infinity),
    );
}

/** Most characters of a DNS label (RFC 1123). */
export const DNS_LABEL_LENGTH = 63;

/** The name of a Namespace or Service (RFC 1123). */
export const dnsLabel = stringType(
    "DNS label",
    "a DNS label: at most 63 of a-z, 0-9 and -, with a letter or digit at both ends",
    (value) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(value),
);

/** The name of an object that may have dots, such as a StorageClass (RFC 1123). */
export const dnsSubdomain = stringType(
    "DNS subdomain",
    "a DNS subdomain: at most 253 of a-z, 0-9, - and ., with a letter or digit at both ends",
    isDnsSubdomain,
);

function isDnsSubdomain(value: string): boolean {
    return value.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(value);
}

/** A name that clients ask for, as Ingresses and routes take it: no address, no pattern. */
export const hostname = stringType(
    "host name",
    "a host name, such as grafana.example.com: a DNS subdomain that is no address",
    (value) => isDnsSubdomain(value) && !/(?:^|\.)\d+$/.test(value),
);

/** Several of them. */
export const dnsLabels = z
    .array(dnsLabel, { error: "expected a list of names, such as [kube-system]" })
    .describe("list of DNS labels");

/** An image that stays what it is. */
export const image = stringType(
    "image",
    "an image with an exact tag or a digest, such as name:1.2.3 or name@sha256:..., not latest",
    (value) => {
        const match = IMAGE_PATTERN.exec(value);
        return match !== null && match.groups?.tag !== "latest";
    },
);

export const booleanType = z
    .preprocess(parseScalarText, z.boolean({ error: "expected true or false" }))
    .describe("true or false");

export function integer(min: number, max: number): z.ZodType<number> {
    const error = `expected a whole number from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.int({ error }).min(min, { error }).max(max, { error }))
        .describe(`whole number, ${min} to ${max}`);
}

export function positiveNumber(max: number): z.ZodType<number> {
    const error = `expected a number above 0 and up to ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).positive({ error }).max(max, { error }))
        .describe(`number, above 0 and up to ${max}`);
}

export function numberBetween(min: number, max: number): z.ZodType<number> {
    const error = `expected a number from ${min} to ${max}`;
    return z
        .preprocess(parseScalarText, z.number({ error }).min(min, { error }).max(max, { error }))
        .describe(`number, ${min} to ${max}`);
}

export function enumOf<const Values extends readonly [string, ...string[]]>(values: Values): z.ZodType<Values[number]> {
    return z.enum(values, { error: `expected one of ${values.join(", ")}` }).describe(values.join(", "));
}

/** A list without repeats of some of these texts. */
export function listOf<const Values extends readonly [string, ...string[]]>(
    values: Values,
): z.ZodType<readonly Values[number][]> {
    return customType(
        `list of ${values.join(", ")}`,
        `a list of any of ${values.join(", ")}`,
        (value): value is Values[number][] =>
            isArrayOf((item): item is Values[number] => values.some((known) => known === item))(value) &&
            new Set(value).size === value.length,
    );
}

/** Labels that an object has to carry, all of them. */
export type LabelSet = Readonly<Record<string, string>>;

const LABEL_NAME_PATTERN = /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/** No labels at all are refused: as a selector they would match everything. */
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
    return z.custom<T>(accepts, { error: `expected ${expected}` }).describe(typeName);
}

/** Labels that pods or Namespaces are selected by. */
export const labelSet = customType(
    "labels",
    "at least one label with its value as text, such as { team: shop }",
    isLabelSet,
);

/** Several selections: what carries all labels of any one of them is meant. */
export const labelSets = customType(
    "list of labels",
    "a list whose entries have at least one label each, with its value as text, such as [{ team: shop }]",
    isArrayOf(isLabelSet),
);

/** Texts of any kind by keys that look like labels'. */
export const annotations = customType(
    "annotations",
    "annotations with their values as text, such as { example.com/team: shop }",
    isAnnotations,
);

/** Names of fields as VictoriaLogs has them: in a header, separated by commas. */
export const fieldNames = customType(
    "list of field names",
    "a list of names of at most 128 letters, digits, _, ., - and /, such as [message]",
    isArrayOf((value): value is string => typeof value === "string" && /^[\w./-]{1,128}$/.test(value)),
);

/** Ranges of IP addresses, where none would mean all of them. */
export const nonEmptyCidrs = customType(
    "list of CIDRs",
    "a list of at least one address range, such as [203.0.113.0/24]",
    (value): value is string[] => isArrayOf(isCidr)(value) && value.length > 0,
);

/** Ranges of IP addresses. */
export const cidrs = customType(
    "list of CIDRs",
    "a list of address ranges, such as [169.254.20.10/32]",
    isArrayOf(isCidr),
);
