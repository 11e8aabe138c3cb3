import type { RedactionSettings } from "../../../config/schema/schema";
import type { StatementGroup } from "./types/cluster-telemetry";
import { isMatch } from "../../../config/types/re2";
import { escapeDollar } from "./escape";
import { COMMON_KEYS } from "./common-keys";
import type { CollectorConfig, ProcessorId, ProcessorTypes } from "./types/collector-config";
import type { Redaction } from "./types/processors";

const DEEP_REDACTION = "transform/redaction" as const satisfies ProcessorId;
const KEY_REDACTION = "redaction/keys" as const satisfies ProcessorId;
const VALUE_REDACTION = "redaction/values" as const satisfies ProcessorId;

/** Maps and lists are read by lambda expressions, which are an alpha feature of Collector 0.155 and newer. */
export const LAMBDA_GATE = "--feature-gates=ottl.functions.enableLambda";

const MASK = '"****"';
/** Levels of maps and lists whose keys and values are looked at. What is deeper is masked as a whole. */
const MAX_DEPTH = 10;

/**
 * The processors in their order. Maps and lists come first: the redaction processor turns those with a matching value
 * into text, in which keys are no longer found.
 */
export function redactionProcessorIds(settings: RedactionSettings | undefined): readonly ProcessorId[] {
    return [
        ...(settings ? [DEEP_REDACTION] : []),
        ...(settings?.blockedKeyPatterns.length ? [KEY_REDACTION] : []),
        ...(settings?.blockedValuePatterns.length ? [VALUE_REDACTION] : []),
    ];
}

export function renderRedactionProcessors(settings: RedactionSettings): CollectorConfig["processors"] {
    const { blockedKeyPatterns, blockedValuePatterns } = settings;
    return {
        [DEEP_REDACTION]: renderDeepRedaction(settings),
        ...(blockedKeyPatterns.length === 0 ? {} : { [KEY_REDACTION]: renderKeyRedaction(blockedKeyPatterns) }),
        ...(blockedValuePatterns.length === 0 ? {} : { [VALUE_REDACTION]: renderValueRedaction(blockedValuePatterns) }),
    };
}

/**
 * Masks scalar attributes by their key. The processor skips keys that cannot match, because each search for a pattern
 * costs as much as a tenth of receiving a span. It also skips the values of these keys, so value patterns have their
 * own processor, and maps and lists are masked before.
 */
function renderKeyRedaction(patterns: readonly string[]): Redaction {
    return {
        ...REDACTION_OPTIONS,
        ignored_keys: COMMON_KEYS.filter((key) => !patterns.some((pattern) => isMatch(pattern, key))),
        blocked_key_patterns: patterns.map(escapeDollar),
    };
}

function renderValueRedaction(patterns: readonly string[]): Redaction {
    // Also checks numbers, not only texts.
    return { ...REDACTION_OPTIONS, redact_all_types: true, blocked_values: patterns.map(escapeDollar) };
}

const REDACTION_OPTIONS = {
    allow_all_keys: true,
    // Adds no summary attributes to spans.
    summary: "silent",
} as const;

/**
 * Masks or drops what the redaction processor does not reach: the content of maps and lists in attributes, names and
 * other texts, exemplars and span links.
 */
function renderDeepRedaction(settings: RedactionSettings): ProcessorTypes["transform"] {
    const attributes = (path: string) => maskAttributes(path, settings);
    const texts = (...paths: readonly string[]) => paths.flatMap((path) => maskText(path, settings));
    const shared: readonly StatementGroup[] = [
        {
            context: "resource",
            conditions: [],
            statements: [...attributes("resource.attributes"), ...texts("resource.schema_url")],
        },
        {
            context: "scope",
            conditions: [],
            statements: [
                ...attributes("scope.attributes"),
                ...texts("scope.name", "scope.version", "scope.schema_url"),
            ],
        },
    ];
    return {
        // Rejects data that cannot be masked. The lambda expressions accept every type of value.
        error_mode: "propagate",
        trace_statements: [
            ...shared,
            {
                context: "span",
                conditions: [],
                statements: [
                    ...attributes("span.attributes"),
                    ...texts("span.name", "span.status.message", "span.trace_state"),
                    // No processor reaches the attributes of a link.
                    `set(span.dropped_links_count, span.dropped_links_count + Len(span.links)) where Len(span.links) > 0`,
                    `set(span.links, nil) where Len(span.links) > 0`,
                ],
            },
            {
                context: "spanevent",
                conditions: [],
                statements: [...attributes("spanevent.attributes"), ...texts("spanevent.name")],
            },
        ],
        metric_statements: [
            ...shared,
            {
                context: "metric",
                conditions: [],
                statements: [
                    "clear(metric.metadata) where Len(metric.metadata) > 0",
                    ...texts("metric.name", "metric.description", "metric.unit"),
                ],
            },
            { context: "datapoint", conditions: [], statements: attributes("datapoint.attributes") },
            // Attributes that a view drops from the data point.
            {
                context: "exemplar",
                conditions: [],
                statements: ["clear(exemplar.filtered_attributes) where Len(exemplar.filtered_attributes) > 0"],
            },
        ],
        log_statements: [
            ...shared,
            {
                context: "log",
                conditions: [],
                statements: [
                    ...attributes("log.attributes"),
                    ...texts("log.severity_text", "log.event_name"),
                    ...maskBody(settings),
                ],
            },
        ],
    };
}

/** Leaves scalar attributes to the redaction processor, which masks only the matching part of a text. */
function maskAttributes(path: string, settings: RedactionSettings): readonly string[] {
    const masked = choose(isScalar("v"), "v", maskValue("v", settings));
    return [
        ...mergePatterns(settings.blockedValuePatterns).map(
            (pattern) => `delete_matching_keys(${path}, ${quote(pattern)})`,
        ),
        `set(${path}, MapEach(${path}, (_, v) => ${masked})) where Any(${path}, (_, v) => not ${isScalar("v")})`,
    ];
}

/** Leaves texts to the redaction processor, which masks only the matching part. */
function maskBody(settings: RedactionSettings): readonly string[] {
    const masked = maskValue("log.body", settings, { keepsScalars: true });
    return [`set(log.body, ${masked}) where log.body != nil and not ${isScalar("log.body")}`];
}

function maskText(path: string, { blockedValuePatterns }: RedactionSettings): readonly string[] {
    return blockedValuePatterns.map((pattern) => `replace_pattern(${path}, ${quote(pattern)}, ${MASK})`);
}

interface ValueOptions {
    /** Whether texts and numbers stay as they are. */
    readonly keepsScalars?: boolean;
    readonly depth?: number;
}

/** An expression for a value of any type, in which what matches is masked. A value is masked as a whole. */
function maskValue(value: string, settings: RedactionSettings, options: ValueOptions = {}): string {
    const { keepsScalars = false, depth = MAX_DEPTH } = options;
    const { blockedKeyPatterns, blockedValuePatterns } = settings;
    if (depth === 0) {
        return choose(`IsMap(${value}) or IsList(${value})`, MASK, maskScalar(value, settings, keepsScalars));
    }
    const inner = maskValue("v", settings, { keepsScalars, depth: depth - 1 });
    const entry =
        blockedKeyPatterns.length === 0
            ? inner
            : choose(`IsString(k) and (${matches("k", blockedKeyPatterns)})`, MASK, inner);
    const entries = `MapEach(${value}, (k, v) => ${entry})`;
    return choose(
        `IsMap(${value}) or IsList(${value})`,
        blockedValuePatterns.length === 0
            ? entries
            : choose(hasMatchingKey(value, blockedValuePatterns), MASK, entries),
        maskScalar(value, settings, keepsScalars),
    );
}

/** Bytes are masked if there are value patterns, which cannot search them. */
function maskScalar(value: string, { blockedValuePatterns }: RedactionSettings, keepsScalars: boolean): string {
    const scalar = keepsScalars
        ? isScalar(value)
        : `${isScalar(value)} and not (${matches(value, blockedValuePatterns)})`;
    return choose(
        // A lambda expression must not return nil.
        `${value} == nil`,
        '""',
        blockedValuePatterns.length === 0 ? value : choose(scalar, value, MASK),
    );
}

function choose(condition: string, then: string, otherwise: string): string {
    return `When(() => ${condition}, ${then}, ${otherwise})`;
}

function isScalar(value: string): string {
    return `(IsString(${value}) or IsInt(${value}) or IsBool(${value}) or IsDouble(${value}))`;
}

/** The keys of a list are numbers. */
function hasMatchingKey(map: string, patterns: readonly string[]): string {
    return `Any(${map}, (k, _) => IsString(k) and (${matches("k", patterns)}))`;
}

function matches(value: string, patterns: readonly string[]): string {
    return mergePatterns(patterns)
        .map((pattern) => `IsMatch(${value}, ${quote(pattern)})`)
        .join(" or ");
}

/**
 * Joins patterns to one, which costs less. Quoted text may not end within its pattern, and names of groups must be
 * unique in a pattern.
 */
function mergePatterns(patterns: readonly string[]): readonly string[] {
    const canMerge = (pattern: string) => !/\\Q|\(\?P?</.test(pattern);
    const merged = patterns.filter(canMerge).map((pattern) => `(?:${pattern})`);
    return [...(merged.length === 0 ? [] : [merged.join("|")]), ...patterns.filter((pattern) => !canMerge(pattern))];
}

/** Quotes text for OTTL within the configuration file. */
function quote(text: string): string {
    return `"${escapeDollar(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
