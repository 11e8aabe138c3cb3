import { JOB_ATTRIBUTE, NAMESPACE_ATTRIBUTE, SERVICE_ATTRIBUTE, TRUNCATION_MARKER } from "../../telemetry/names";
import { INHERIT_REPAIRS, renderAttributeLimit, renderRepairs } from "./repairs";
import type { StatementGroup } from "./types/cluster-telemetry";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const JAEGER_LIMITS = "transform/jaeger-limits" as const satisfies ProcessorId;

/** Marks a span or resource of which Jaeger does not have everything. Jaeger can search for it. */
export const TRUNCATED_ATTRIBUTE = "otel_stack.truncated";
/** Marks an item for the next statements. */
const UNSUPPORTED_ATTRIBUTE = "otel_stack.unsupported";
/** Attributes as text whose values may include a number that JSON does not have. */
const mayHaveNumber = (text: string) => `Index(${text}, "~NaN") >= 0 or Index(${text}, "Infinity") >= 0`;
/** Attributes as text whose values include such a number, or the same text. */
const NUMBER_PATTERN = "(?:^|\\\\^)[^~^]*~(?:NaN|-?Infinity)(?:\\\\^|$$)";

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
/** RE2 repeats at most 1000 times. A character has up to four bytes. */
const MAX_KEY_CHARACTERS = 1000;
/** All keys of a span are written in one transaction of at most 9.6 MB. */
const MAX_ATTRIBUTES = 4096;

/**
 * Changes what Jaeger cannot return: a number that JSON does not have makes Jaeger answer 500 to each search whose
 * result has the span. Also truncates what Jaeger cannot store.
 *
 * The conditions measure all attributes of a span together, because OTTL reads the length of a text inside a map or a
 * list in no other way without an alpha feature gate. `truncate_all` alone skips these texts.
 */
export function renderJaegerLimits(): ProcessorTypes["transform"] {
    return {
        // An error of a statement must not drop the batch.
        error_mode: "ignore",
        trace_statements: [
            IDENTIFY_SERVICE,
            ...limitAttributes("resource"),
            limitTexts("scope", ["scope.name", "scope.version"]),
            ...limitAttributes("span"),
            limitTexts("span", ["span.name", "span.status.message", "span.trace_state"]),
            ...limitAttributes("spanevent"),
            limitTexts("spanevent", ["spanevent.name"]),
        ],
    };
}

const NAME = `resource.attributes["${SERVICE_ATTRIBUTE}"]`;
const NAMESPACE = `resource.attributes["${NAMESPACE_ATTRIBUTE}"]`;
const JOB = `resource.attributes["${JOB_ATTRIBUTE}"]`;

/**
 * Jaeger's service is the name alone. Searches and links from a trace find the service of a namespace by this tag, which
 * has Prometheus' `job`.
 */
const IDENTIFY_SERVICE: StatementGroup = {
    context: "resource",
    conditions: [],
    statements: [
        `set(${JOB}, ${NAME})`,
        `set(${JOB}, Concat([${NAMESPACE}, ${NAME}], "/")) where ${NAMESPACE} != nil and ${NAMESPACE} != ""`,
    ],
};

type AttributeContext = "resource" | "span" | "spanevent";

/** Writes all attributes as one text and marks the items with a fault. For others, nothing else is done. */
function limitAttributes(context: AttributeContext): readonly StatementGroup[] {
    const attributes = `${context}.attributes`;
    const text = `${context}.cache["text"]`;
    return [
        {
            context,
            conditions: [],
            statements: [
                // Delimiters that few values contain. The function quotes such values, which costs more.
                `set(${text}, ToKeyValueString(${attributes}, "~", "^"))`,
                `${mark(context, UNSUPPORTED_ATTRIBUTE)} where ${mayHaveNumber(text)}`,
                `${mark(context, TRUNCATED_ATTRIBUTE)} where Len(${text}) > ${MAX_UNCHECKED_BYTES} or Len(${attributes}) > ${MAX_ATTRIBUTES}`,
                ...(context === "span" ? [INHERIT_REPAIRS] : []),
            ],
        },
        convertNumbers(context),
        truncateAttributes(context),
    ];
}

/** The other numbers of the same span, event or resource become texts too. */
function convertNumbers(context: AttributeContext): StatementGroup {
    const attributes = `${context}.attributes`;
    const marker = `${attributes}["${UNSUPPORTED_ATTRIBUTE}"]`;
    const { statements } = renderRepairs(context, [
        {
            reason: "number",
            condition: `IsMatch(ToKeyValueString(${attributes}, "~", "^"), "${NUMBER_PATTERN}")`,
            statements: [`stringify_all(${attributes})`],
            ...(context === "spanevent" ? { marked: "span" } : {}),
        },
    ]);
    return {
        context,
        conditions: [`${marker} == true`],
        statements: [`delete_key(${attributes}, "${UNSUPPORTED_ATTRIBUTE}")`, ...statements],
    };
}

/**
 * Truncates long texts, and removes attributes with a long key. If that is not enough, the attributes become texts:
 * maps and lists as JSON, as Jaeger shows them anyway, and numbers as digits.
 */
function truncateAttributes(context: AttributeContext): StatementGroup {
    const attributes = `${context}.attributes`;
    const size = `Len(ToKeyValueString(${attributes}, "~", "^"))`;
    const cachedSize = `${context}.cache["size"]`;
    const truncate = `truncate_all(${attributes}, ${MAX_VALUE_BYTES}, truncation_marker = "${TRUNCATION_MARKER}")`;
    return {
        context,
        conditions: [`${attributes}["${TRUNCATED_ATTRIBUTE}"] == true`],
        statements: [
            `set(${cachedSize}, ${size})`,
            renderAttributeLimit(attributes, MAX_ATTRIBUTES, [SERVICE_ATTRIBUTE, JOB_ATTRIBUTE, TRUNCATED_ATTRIBUTE]),
            `delete_matching_keys(${attributes}, "^(?s:.{${MAX_KEY_CHARACTERS}})")`,
            truncate,
            `stringify_all(${attributes}) where ${size} > ${MAX_UNCHECKED_BYTES}`,
            truncate,
            // Many attributes may be long together, and each of them short.
            `delete_key(${attributes}, "${TRUNCATED_ATTRIBUTE}") where ${size} == ${cachedSize}`,
            ...(context === "spanevent" ? [`${mark("span", TRUNCATED_ATTRIBUTE)} where ${size} < ${cachedSize}`] : []),
        ],
    };
}

function limitTexts(context: StatementGroup["context"], paths: readonly string[]): StatementGroup {
    const isLong = (path: string) => isLonger(path, MAX_VALUE_BYTES);
    const start = (path: string) => keepStart(path, MAX_VALUE_BYTES - TRUNCATION_MARKER.length);
    return {
        context,
        conditions: paths.map(isLong),
        statements: [
            ...(context === "scope"
                ? []
                : [`${mark("span", TRUNCATED_ATTRIBUTE)} where ${paths.map(isLong).join(" or ")}`]),
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

function mark(context: AttributeContext, attribute: string): string {
    return `set(${context}.attributes["${attribute}"], true)`;
}
