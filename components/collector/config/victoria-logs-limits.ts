import type { LogLimits } from "../../../config/model/log-stores";
import { BODY_PREFIX, STREAM_ATTRIBUTES, TRUNCATION_MARKER } from "../../telemetry/names";
import { addResourceRepairs, renderAttributeLimit, type Repair, renderRepairs } from "./repairs";
import type { StatementGroup } from "./types/cluster-telemetry";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const VICTORIA_LOGS_LIMITS = "transform/victoria-logs-limits" as const satisfies ProcessorId;

/**
 * VictoriaLogs drops a record of more than 2 MiB, which is the body and all attributes, and counts it nowhere.
 */
const MAX_BODY_BYTES = 500_000;
const MAX_VALUE_BYTES = 131_072;
/** So many values of that size are short enough together, so that only more of them need to be measured. */
const MAX_UNMEASURED_VALUES = 11;
const MAX_ATTRIBUTES_BYTES = 1_400_000;
const MAX_MEASURED_VALUE_BYTES = 1024;
/** VictoriaLogs drops a record with a longer key and counts it nowhere. */
const MAX_KEY_BYTES = 128;
const TRUNCATED_KEY = "...";
/** How VictoriaLogs names the attributes of a scope. */
const SCOPE_PREFIX = "scope.attributes.";
/** Fields of the scope, the severity, the trace and the repairs of a record. */
const OTHER_FIELDS = 20;

/** Names that VictoriaLogs does not accept from a record. */
const RESERVED_FIELDS = ["_msg", "_time", "_stream", "_stream_id"] as const;
/** Keys whose value, if it is a map, has fields with the beginning of a stream field's name: `service`, `k8s`, ... */
const STREAM_FIELD_PREFIXES = [
    ...new Set(STREAM_ATTRIBUTES.flatMap((name) => name.split(".").map((_, index, parts) => parts.slice(0, index)))),
]
    .map((parts) => parts.join("."))
    .filter((prefix, index, all) => prefix !== "" && all.indexOf(prefix) === index);

/**
 * Gives no field of a record the name of a stream field, because VictoriaLogs 1.52 does not tolerate it. The Collector
 * would send the record again after each restart, so that no record of any service would be stored.
 *
 * Source: `checkCorrectness` in VictoriaLogs' lib/logstorage/stream_tags.go, and
 * https://github.com/VictoriaMetrics/VictoriaLogs/issues/1628
 */
function repairStreamFields(context: "log" | "resource"): readonly Repair[] {
    const map = `${context}.attributes`;
    const paths = STREAM_FIELD_PREFIXES.map((prefix) => `${map}["${prefix}"]`);
    return [
        {
            reason: "stream_field",
            condition: paths.map((path) => `${path} != nil and IsMap(${path})`).join(" or "),
            statements: paths.map((path) => `set(${path}, String(${path})) where ${path} != nil and IsMap(${path})`),
        },
    ];
}

/** Attributes that would hide a field of the record, and when. Events have `k8s.namespace.name`, and their resource not. */
const RESERVED_NAMES = [
    ...RESERVED_FIELDS.map((name) => [name, `log.attributes["${name}"] != nil`] as const),
    ...STREAM_ATTRIBUTES.map(
        (name) => [name, `log.attributes["${name}"] != nil and resource.attributes["${name}"] != nil`] as const,
    ),
];
const RESERVED_NAME_REPAIR: Repair = {
    reason: "reserved_field",
    condition: RESERVED_NAMES.map(([, condition]) => condition).join(" or "),
    statements: RESERVED_NAMES.map(
        ([name, condition]) =>
            `replace_all_patterns(log.attributes, "key", "^(${escapeDots(name)})$$", "attribute.$$1") where ${condition}`,
    ),
};

/**
 * The last of several attributes with one key, as in the log store. `resource.cache` is empty for each resource.
 */
const DEDUPLICATE_RESOURCE = [
    'merge_maps(resource.cache, resource.attributes, "upsert")',
    "set(resource.attributes, resource.cache) where Len(resource.cache) < Len(resource.attributes)",
] as const;

/**
 * The fields of a body that is a map become fields of the record. An attribute of the same name would replace one, and
 * the name of a stream field would be there twice.
 */
function renderBodyRepair(maxFields: number): StatementGroup {
    const names = [...STREAM_ATTRIBUTES, ...STREAM_FIELD_PREFIXES];
    const repairs = renderRepairs("log", [
        {
            reason: "body_field",
            condition: `Len(log.cache["merged"]) < Len(log.attributes) + Len(log.body) or ${names.map((name) => `log.body["${name}"] != nil`).join(" or ")}`,
            statements: [`replace_all_patterns(log.body, "key", "^", "${BODY_PREFIX}")`],
        },
        {
            reason: "body_fields",
            condition: `Len(log.body) > ${maxFields}`,
            statements: ["set(log.body, String(log.body))"],
        },
    ]);
    return {
        context: "log",
        conditions: ["IsMap(log.body)"],
        statements: [
            'set(log.cache["merged"], log.attributes)',
            'merge_maps(log.cache["merged"], log.body, "insert")',
            truncateKeys("log.body", MAX_KEY_BYTES - BODY_PREFIX.length),
            ...repairs.statements,
        ],
    };
}

/** Repairs what VictoriaLogs drops without counting it, or cannot store. It answers 200 in each case. */
export function renderVictoriaLogsLimits({ maxFields }: Pick<LogLimits, "maxFields">): ProcessorTypes["transform"] {
    const fields = maxFields - OTHER_FIELDS;
    const [maxAttributes, maxResourceAttributes] = [Math.floor(fields * 0.75), Math.floor(fields / 8)];
    const body = "log.body.string";
    return {
        error_mode: "ignore",
        log_statements: [
            {
                context: "resource",
                conditions: [],
                statements: [...DEDUPLICATE_RESOURCE, truncateKeys("resource.attributes", MAX_KEY_BYTES)],
            },
            {
                context: "scope",
                conditions: [],
                statements: [truncateKeys("scope.attributes", MAX_KEY_BYTES - SCOPE_PREFIX.length)],
            },
            renderRepairs("resource", [
                ...repairStreamFields("resource"),
                {
                    reason: "too_many_attributes",
                    condition: `Len(resource.attributes) > ${maxResourceAttributes}`,
                    statements: [renderAttributeLimit("resource.attributes", maxResourceAttributes, STREAM_ATTRIBUTES)],
                },
            ]),
            {
                context: "log",
                conditions: [],
                statements: [
                    `truncate_all(log.attributes, ${MAX_VALUE_BYTES}, truncation_marker = "${TRUNCATION_MARKER}")`,
                    truncateKeys("log.attributes", MAX_KEY_BYTES),
                ],
            },
            renderBodyRepair(maxResourceAttributes),
            addResourceRepairs(
                renderRepairs("log", [
                    ...repairStreamFields("log"),
                    RESERVED_NAME_REPAIR,
                    {
                        reason: "too_many_attributes",
                        condition: `Len(log.attributes) > ${maxAttributes}`,
                        statements: [renderAttributeLimit("log.attributes", maxAttributes)],
                    },
                    {
                        reason: "attributes_too_long",
                        condition: `Len(log.attributes) > ${MAX_UNMEASURED_VALUES} and Len(ToKeyValueString(log.attributes, "~", "^")) > ${MAX_ATTRIBUTES_BYTES}`,
                        statements: [
                            `truncate_all(log.attributes, ${MAX_MEASURED_VALUE_BYTES}, truncation_marker = "${TRUNCATION_MARKER}")`,
                        ],
                    },
                    {
                        reason: "body_too_long",
                        condition: `Len(${body}) > ${MAX_BODY_BYTES}`,
                        statements: [
                            `set(${body}, Concat([Substring(${body}, 0, ${MAX_BODY_BYTES - TRUNCATION_MARKER.length}, utf8_safe = true), "${TRUNCATION_MARKER}"], ""))`,
                        ],
                    },
                ]),
            ),
        ],
    };
}

/** The start of a longer key stays. A character has several bytes, so that a key in other letters may still be too long. */
function truncateKeys(map: string, maxBytes: number): string {
    const kept = maxBytes - TRUNCATED_KEY.length;
    return `replace_all_patterns(${map}, "key", "^(?s:(.{${kept}}).{${maxBytes - kept + 1},})$$", "$$1${TRUNCATED_KEY}")`;
}

function escapeDots(name: string): string {
    return name.replaceAll(".", "[.]");
}
