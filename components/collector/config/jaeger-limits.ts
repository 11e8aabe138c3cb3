import type { StatementGroup } from "./types/cluster-telemetry";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const JAEGER_LIMITS = "transform/jaeger-limits" as const satisfies ProcessorId;

/** Marks a span or resource of which Jaeger does not have everything. Jaeger can search for it. */
export const TRUNCATED_ATTRIBUTE = "otel_stack.truncated";
/** Ends a truncated text. */
const TRUNCATION_MARKER = "... [truncated]";

/**
 * Limits in bytes. For each attribute of a span, an event or a resource, Jaeger writes a key of service name,
 * attribute key and value to Badger, and 25 more bytes. A longer key than 65,000 bytes is an error, for which Jaeger
 * answers 503. The Collector would retry that batch, and with it the data of all services in it.
 *
 * Sources: `maxKeySize` in badger/v4/txn.go, and `WriteSpan` in Jaeger's internal/storage/v1/badger/spanstore/writer.go.
 * Attributes of scopes and links need no limit, because Jaeger does not store them.
 */
const MAX_VALUE_BYTES = 32_768;
/**
 * Attributes that are shorter together stay as they are, whatever their types. Jaeger writes bytes as hexadecimal
 * digits, at most 1.5 times the base64 that is measured here, so this leaves room for the service name.
 */
const MAX_UNCHECKED_BYTES = 40_000;
const MAX_SERVICE_NAME_BYTES = 1024;
/** RE2 repeats at most 1000 times. A character has up to four bytes. */
const MAX_KEY_CHARACTERS = 1000;
/** All keys of a span are written in one transaction of at most 9.6 MB. */
const MAX_ATTRIBUTES = 4096;

/**
 * Truncates what Jaeger cannot store on a volume. For usual spans the conditions are the only cost.
 *
 * The conditions measure all attributes of a span together, because OTTL reads the length of a text inside a map or a
 * list in no other way without an alpha feature gate. `truncate_all` alone skips these texts.
 */
export function renderJaegerLimits(): ProcessorTypes["transform"] {
    return {
        // An error of a statement must not drop the batch.
        error_mode: "ignore",
        trace_statements: [
            { context: "resource", ...mergeLimits(limitServiceName(), limitAttributes("resource", "resource")) },
            { context: "scope", ...limitTexts(["scope.name", "scope.version"]) },
            {
                context: "span",
                ...mergeLimits(
                    limitAttributes("span", "span"),
                    limitTexts(["span.name", "span.status.message", "span.trace_state"], "span"),
                ),
            },
            {
                context: "spanevent",
                ...mergeLimits(limitAttributes("spanevent", "span"), limitTexts(["spanevent.name"], "span")),
            },
        ],
    };
}

type Limits = Omit<StatementGroup, "context">;

/** In one pass, which costs less. Each statement repeats its condition. */
function mergeLimits(...all: readonly Limits[]): Limits {
    return {
        conditions: all.flatMap(({ conditions }) => conditions),
        statements: all.flatMap(({ statements }) => statements),
    };
}

/** Without a marker, because the name is a label and a search term. */
function limitServiceName(): Limits {
    const name = 'resource.attributes["service.name"]';
    const isLong = `IsString(${name}) and ${isLonger(name, MAX_SERVICE_NAME_BYTES)}`;
    return {
        conditions: [isLong],
        statements: [
            `${mark("resource")} where ${isLong}`,
            `set(${name}, ${keepStart(name, MAX_SERVICE_NAME_BYTES)}) where ${isLong}`,
        ],
    };
}

/**
 * Truncates long texts, and removes attributes with a long key. If that is not enough, the attributes become texts:
 * maps and lists as JSON, as Jaeger shows them anyway, and numbers as digits.
 */
function limitAttributes(context: "resource" | "span" | "spanevent", marked: "resource" | "span"): Limits {
    const attributes = `${context}.attributes`;
    // Delimiters that few values contain. The function quotes such values, which costs more.
    const size = `Len(ToKeyValueString(${attributes}, "~", "^"))`;
    const cachedSize = `${context}.cache["size"]`;
    const truncate = `truncate_all(${attributes}, ${MAX_VALUE_BYTES}, truncation_marker = "${TRUNCATION_MARKER}")`;
    return {
        conditions: [`${size} > ${MAX_UNCHECKED_BYTES}`, `Len(${attributes}) > ${MAX_ATTRIBUTES}`],
        statements: [
            `set(${cachedSize}, ${size})`,
            `limit(${attributes}, ${MAX_ATTRIBUTES}, ["service.name"])`,
            `delete_matching_keys(${attributes}, "^(?s:.{${MAX_KEY_CHARACTERS}})")`,
            truncate,
            `stringify_all(${attributes}) where ${size} > ${MAX_UNCHECKED_BYTES}`,
            truncate,
            `${mark(marked)} where ${size} < ${cachedSize}`,
        ],
    };
}

function limitTexts(paths: readonly string[], marked?: "span"): Limits {
    const isLong = (path: string) => isLonger(path, MAX_VALUE_BYTES);
    const start = (path: string) => keepStart(path, MAX_VALUE_BYTES - TRUNCATION_MARKER.length);
    return {
        conditions: paths.map(isLong),
        statements: [
            ...(marked === undefined ? [] : [`${mark(marked)} where ${paths.map(isLong).join(" or ")}`]),
            ...paths.map(
                (path) => `set(${path}, Concat([${start(path)}, "${TRUNCATION_MARKER}"], "")) where ${isLong(path)}`,
            ),
        ],
    };
}

function isLonger(path: string, bytes: number): string {
    return `Len(${path}) > ${bytes}`;
}

/** Without `utf8_safe`, OTTL cuts a character in two. */
function keepStart(path: string, bytes: number): string {
    return `Substring(${path}, 0, ${bytes}, utf8_safe = true)`;
}

function mark(marked: "resource" | "span"): string {
    return `set(${marked}.attributes["${TRUNCATED_ATTRIBUTE}"], true)`;
}
